package io.sluice.bench;

import java.util.Optional;
import picocli.CommandLine.Option;

/// Options that say where things are. Their defaults follow the environment variables that a node obeys.
final class Endpoints {
    @Option(names = "--mqtt", paramLabel = "HOST:PORT", description = "MQTT listener (default: ${DEFAULT-VALUE})")
    String mqtt = "127.0.0.1:" + environment("SLUICE_MQTT_PORT").orElse("1883");

    @Option(names = "--kafka", paramLabel = "HOST:PORT", description = "bootstrap servers (default: ${DEFAULT-VALUE})")
    String kafka = environment("SLUICE_KAFKA_BOOTSTRAP_SERVERS")
            .orElseGet(() -> "127.0.0.1:" + environment("SLUICE_KAFKA_PORT").orElse("9092"));

    @Option(names = "--management", paramLabel = "HOST:PORT", description = "/ready (default: ${DEFAULT-VALUE})")
    String management = "127.0.0.1:" + environment("SLUICE_MANAGEMENT_PORT").orElse("7626");

    @Option(names = "--topic", paramLabel = "TOPIC", description = "Kafka topic (default: ${DEFAULT-VALUE})")
    String topic = "tbmq.messages";

    @Option(
            names = "--key",
            paramLabel = "PATTERN",
            description = "expected record key; {run} and {device} are filled in (default: the client id)")
    String key = Plan.CLIENT_ID;

    @Option(names = "--mqtt5", description = "MQTT 5 (default: 3.1.1)")
    boolean mqtt5;

    @Option(names = "--qos", paramLabel = "0|1|2", description = "of the devices (default: ${DEFAULT-VALUE})")
    int qos = 1;

    Plan plan() {
        return Plan.of(Plan.newRun(), Launch.address(mqtt)).mqtt5(mqtt5).qos(qos);
    }

    Verdict.Expected expected(Plan plan) {
        return new Verdict.Expected(plan, key, "");
    }

    /// A variable; an empty one counts as unset, as it does for a node.
    static Optional<String> environment(String name) {
        return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isEmpty());
    }
}
