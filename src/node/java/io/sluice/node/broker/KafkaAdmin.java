package io.sluice.node.broker;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/// Opens admin clients for one or two questions.
public final class KafkaAdmin {
    private static final int RETRIES = 2;

    private KafkaAdmin() {}

    /// An admin client of the cluster that a producer writes to; whoever asks closes it.
    ///
    /// @param properties of the producer
    /// @param timeout    after which any question to it fails
    public static Admin open(Map<String, Object> properties, Duration timeout) {
        var known = new HashMap<String, Object>();
        properties.forEach((key, value) -> {
            if (AdminClientConfig.configNames().contains(key)) {
                known.put(key, value);
            }
        });
        known.remove(AdminClientConfig.CLIENT_ID_CONFIG);
        known.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) timeout.toMillis());
        known.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) timeout.toMillis());
        known.put(AdminClientConfig.RETRIES_CONFIG, RETRIES);
        return Admin.create(known);
    }
}
