package io.sluice.node.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.node.api.HttpArrivals.Limits;
import io.sluice.node.api.HttpArrivals.Request;
import java.util.ArrayList;

/// Requests for tests.
final class Requests {
    static final long RECEIVED_AT = 1_795_168_800_007L;

    private Requests() {}

    static HttpArrivals arrivals() {
        return new HttpArrivals(new Limits(8, 16, 5, 200, 3), 0x1234);
    }

    /// @param headers name, value, name, value
    static Request request(String contentType, String body, String... headers) {
        return requestBy("ann", contentType, body, headers);
    }

    static Request requestBy(String caller, String contentType, String body, String... headers) {
        var list = new ArrayList<HttpHeader>();
        for (int i = 0; i < headers.length; i += 2) {
            list.add(new HttpHeader(headers[i], headers[i + 1]));
        }
        return new Request(caller, contentType, list, body.getBytes(UTF_8), RECEIVED_AT);
    }
}
