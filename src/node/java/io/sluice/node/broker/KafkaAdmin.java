package io.sluice.node.broker;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ForwardingAdmin;

/// Opens admin clients for one or two questions.
public final class KafkaAdmin {
    private static final int RETRIES = 2;

    /// By then every question has been answered, or has failed.
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    /// Kafka's own waits without end for its thread when it is closed.
    private static final class Bounded extends ForwardingAdmin {
        private Bounded(Map<String, Object> properties) {
            super(properties);
        }

        @Override
        public void close(Duration timeout) {
            super.close(timeout.compareTo(CLOSE_TIMEOUT) < 0 ? timeout : CLOSE_TIMEOUT);
        }
    }

    private KafkaAdmin() {}

    /// An admin client of the cluster that a producer writes to; whoever asks closes it, which takes a second at most.
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
        return new Bounded(known);
    }
}
