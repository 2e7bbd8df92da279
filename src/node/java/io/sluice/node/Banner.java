package io.sluice.node;

import io.sluice.node.secret.Secret;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What a person needs to know once the node serves: where everything is.
record Banner(
        NodeSettings settings,
        Map<String, InetSocketAddress> listeners,
        Optional<InetSocketAddress> api,
        Optional<Secret> adminPassword,
        InetSocketAddress management,
        Optional<String> embeddedKafka) {

    void print(PrintStream out) {
        out.printf("%nSluice serves.%n");
        new TreeMap<>(listeners).forEach((name, address) -> row(out, "MQTT " + name, text(address)));
        settings.brokers().forEach((name, broker) -> {
            var where = String.join(",", broker.bootstrapServers());
            row(out, "Kafka " + name, embeddedKafka.filter(where::equals).isPresent() ? where + " (embedded)" : where);
        });
        settings.integrations().stream()
                .filter(integration -> integration.enabled())
                .forEach(integration -> row(
                        out,
                        "integration " + integration.name(),
                        String.join(", ", integration.filters()) + " → "
                                + integration.format().topic()));
        api.ifPresent(address -> row(out, "API", "http://%s/docs".formatted(text(address))));
        adminPassword.ifPresent(
                password -> row(out, "user admin", "password %s (shown this once)".formatted(password.reveal())));
        row(out, "management", "http://%s/ready /tasks /metrics".formatted(text(management)));
        row(out, "data", settings.dataDir().toAbsolutePath().normalize().toString());
        out.printf("Ctrl-C stops it.%n%n");
        out.flush();
    }

    private static void row(PrintStream out, String what, String where) {
        out.printf("  %-24s %s%n", what, where);
    }

    private static String text(InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }
}
