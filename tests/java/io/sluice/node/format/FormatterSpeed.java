package io.sluice.node.format;

import static io.sluice.node.format.AnArrival.anArrival;
import static io.sluice.node.format.AnIntegration.anIntegration;

import io.sluice.node.event.Arrival;
import io.sluice.node.event.Properties;
import io.sluice.node.format.FormatSettings.Format;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Measures the hot path by hand: nanoseconds per record on one thread, for 256 bytes of payload from 1,000
/// devices. Not a test; a busy machine says nothing.
public final class FormatterSpeed {
    private static final int DEVICES = 1000;
    private static final int ROUNDS = 12;
    private static final int RECORDS = 500_000;

    private FormatterSpeed() {}

    public static void main(String[] arguments) throws Unformattable {
        for (var format : Format.values()) {
            measure(format.name(), anIntegration().format(format));
        }
        measure(
                "binary, key from payload",
                anIntegration().format(Format.CLOUDEVENTS_BINARY).key("$[device.id]"));
        measure(
                "binary, topic from topic",
                anIntegration().format(Format.CLOUDEVENTS_BINARY).topic("t.${topic[1]}"));
    }

    private static void measure(String name, AnIntegration integration) throws Unformattable {
        var formatter = integration.formatter();
        var arrivals = arrivals();
        var best = Double.MAX_VALUE;
        var bytes = 0L;
        for (int round = 0; round < ROUNDS; round++) {
            var start = System.nanoTime();
            for (int i = 0; i < RECORDS; i++) {
                var arrival = arrivals.get(i % DEVICES);
                var record = formatter.record(arrival, formatter.subject(arrival), 1);
                bytes += record.value().length;
            }
            best = Math.min(best, (System.nanoTime() - start) / (double) RECORDS);
        }
        System.out.printf("%-28s %6.0f ns/record (best of %d, %d bytes)%n", name, best, ROUNDS, bytes);
    }

    private static List<Arrival> arrivals() {
        var random = new Random(7);
        var arrivals = new ArrayList<Arrival>();
        for (int i = 0; i < DEVICES; i++) {
            var payload = "{\"device\":{\"id\":\"d%04d\"},\"values\":[%s]}"
                    .formatted(i, "1.25,".repeat(44) + random.nextInt(100, 999));
            var like = anArrival().with(payload).build();
            arrivals.add(new Arrival(
                    "0123456789abcdef-%08x".formatted(random.nextInt()),
                    "tbmq/device-%04d/telemetry".formatted(i),
                    like.payload(),
                    1,
                    false,
                    false,
                    "device-%04d".formatted(i),
                    "",
                    "",
                    like.receivedAt() + i / 10,
                    Properties.NONE));
        }
        return arrivals;
    }
}
