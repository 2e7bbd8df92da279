package io.sluice.node.mqtt;

import io.netty.channel.EventLoop;
import io.sluice.node.event.Arrival;
import io.sluice.node.handover.Intake;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.ToIntFunction;

/// Integrations that take what they are offered and have it safe when the test says so.
final class FakeIntegrations {
    /// One arrival as it was offered, on its loop.
    record Offered(Arrival arrival, Intake.Publisher publisher, long sequence, int integrations, EventLoop loop) {
        String text() {
            return new String(arrival.payload(), java.nio.charset.StandardCharsets.UTF_8);
        }
    }

    private final List<Offered> offered = Collections.synchronizedList(new ArrayList<>());
    private final ToIntFunction<String> integrations;
    private final boolean atOnce;

    /// @param integrations how many want a topic
    /// @param atOnce       what a turn of a loop offered is safe right after it
    FakeIntegrations(ToIntFunction<String> integrations, boolean atOnce) {
        this.integrations = integrations;
        this.atOnce = atOnce;
    }

    Intake on(EventLoop loop) {
        var turn = new ArrayList<Offered>();
        return (arrival, publisher, sequence) -> {
            var taken = new Offered(arrival, publisher, sequence, integrations.applyAsInt(arrival.topic()), loop);
            if (arrival.topic().startsWith("hold")) {
                publisher.hold();
            }
            offered.add(taken);
            if (atOnce && taken.integrations > 0) {
                if (turn.isEmpty()) {
                    loop.execute(() -> {
                        answer(turn);
                        turn.clear();
                    });
                }
                turn.add(taken);
            }
            return taken.integrations;
        };
    }

    List<Offered> offered() {
        synchronized (offered) {
            return List.copyOf(offered);
        }
    }

    int count() {
        return offered.size();
    }

    List<String> texts() {
        return offered().stream().map(Offered::text).toList();
    }

    /// All of them are safe, in one run.
    void safe(Offered... which) {
        which[0].loop.execute(() -> answer(List.of(which)));
    }

    /// Everything offered from an index on is safe.
    void safeFrom(int index) {
        var all = offered();
        safe(all.subList(index, all.size()).toArray(Offered[]::new));
    }

    private static void answer(List<Offered> run) {
        for (var taken : run) {
            for (int i = 0; i < taken.integrations; i++) {
                taken.publisher.safe(taken.sequence);
            }
        }
        run.stream().map(Offered::publisher).distinct().forEach(Intake.Publisher::settled);
    }
}
