package io.sluice.node.embedded;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Scanner;
import org.apache.kafka.clients.admin.NewTopic;

/// An embedded Kafka in a process of its own. Arguments: data folder. Makes a topic of each name it is told.
final class KafkaProcess {
    private KafkaProcess() {}

    public static void main(String[] arguments) throws Exception {
        var settings = new EmbeddedKafkaSettings(
                "127.0.0.1", 0, 0, Path.of(arguments[0]), 3, 8 << 20, -1, Duration.ofSeconds(60));
        var kafka = EmbeddedKafka.start(settings);
        System.out.println("serving " + kafka.bootstrapServers());
        try (var lines = new Scanner(System.in, StandardCharsets.UTF_8)) {
            while (lines.hasNextLine()) {
                Clients.make(kafka.bootstrapServers(), new NewTopic(lines.nextLine(), 1, (short) 1));
            }
        }
    }
}
