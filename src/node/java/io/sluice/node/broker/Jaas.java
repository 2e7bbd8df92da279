package io.sluice.node.broker;

import io.sluice.node.secret.Secret;
import org.apache.kafka.common.security.plain.PlainLoginModule;
import org.apache.kafka.common.security.scram.ScramLoginModule;

/// Writes the login line of a Kafka client, so that nothing in a user's name or password can add to it.
final class Jaas {
    private Jaas() {}

    static String line(BrokerSettings.Auth auth, String user, Secret password) {
        var module = auth == BrokerSettings.Auth.PLAIN ? PlainLoginModule.class : ScramLoginModule.class;
        return "%s required username=%s password=%s;"
                .formatted(module.getName(), quoted(user), quoted(password.reveal()));
    }

    /// As Kafka's tokenizer reads it back: it ends at a bare quote or line end, and takes `\` and what follows as one.
    private static String quoted(String text) {
        return '"'
                + text.replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\n", "\\n")
                        .replace("\r", "\\r")
                + '"';
    }
}
