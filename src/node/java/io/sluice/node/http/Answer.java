package io.sluice.node.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;

/// What a request is answered with.
///
/// @param contentType empty if there is no body
/// @param stream      instead of the body: what comes bit by bit, after the request had its turn
public record Answer(
        int status,
        String contentType,
        byte[] body,
        Optional<Source<ByteString, NotUsed>> stream,
        List<Header> headers) {

    public record Header(String name, String value) {}

    private static final String JSON = "application/json";

    public Answer {
        headers = List.copyOf(headers);
    }

    public Answer(int status, String contentType, byte[] body, List<Header> headers) {
        this(status, contentType, body, Optional.empty(), headers);
    }

    /// @param value written as JSON
    public static Answer ok(Object value) {
        return new Answer(200, JSON, Json.bytes(value), List.of());
    }

    public static Answer text(String contentType, byte[] body) {
        return new Answer(200, contentType, body, List.of());
    }

    /// Goes on until it ends by itself or nobody reads it any more.
    public static Answer stream(String contentType, Source<ByteString, NotUsed> stream) {
        return new Answer(200, contentType, new byte[0], Optional.of(stream), List.of());
    }

    /// @param location where it is from now on
    public static Answer created(String location, Object value) {
        return new Answer(201, JSON, Json.bytes(value), List.of(new Header("Location", location)));
    }

    /// It is begun.
    public static Answer accepted() {
        return new Answer(202, "", new byte[0], List.of());
    }

    public static Answer noContent() {
        return new Answer(204, "", new byte[0], List.of());
    }

    /// With the version of what was answered (RFC 9110 section 8.8.3).
    public Answer tagged(long version) {
        return header("ETag", "\"" + version + "\"");
    }

    public Answer header(String name, String value) {
        var all = new ArrayList<>(headers);
        all.add(new Header(name, value));
        return new Answer(status, contentType, body, stream, all);
    }
}
