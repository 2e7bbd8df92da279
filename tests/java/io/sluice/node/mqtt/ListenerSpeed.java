package io.sluice.node.mqtt;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.channel.EventLoop;
import io.sluice.node.handover.Intake;
import io.sluice.node.live.LiveView;
import io.sluice.node.observe.Meters;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// The listener alone, every message safe at the end of the turn that read it: what a load generator measures against
/// it is the most the way behind it can get. Run by hand, with a port.
final class ListenerSpeed {
    private ListenerSpeed() {}

    static void main(String[] arguments) throws InterruptedException {
        var settings =
                Listening.settings("listeners { tcp.port = %s, websocket.enabled = false }".formatted(arguments[0]));
        var meters = new Meters(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
        try (var _ = MqttListener.start(settings, ListenerSpeed::safeAtOnce, new LiveView(), meters)) {
            new CountDownLatch(1).await();
        }
    }

    private record Taken(Intake.Publisher publisher, long sequence) {}

    private static Intake safeAtOnce(EventLoop loop) {
        List<Taken> turn = new ArrayList<>();
        return (_, publisher, sequence) -> {
            if (turn.isEmpty()) {
                loop.execute(() -> {
                    turn.forEach(taken -> taken.publisher.safe(taken.sequence));
                    for (int i = 0; i < turn.size(); i++) {
                        if (i == 0 || !turn.get(i).publisher.equals(turn.get(i - 1).publisher)) {
                            turn.get(i).publisher.settled();
                        }
                    }
                    turn.clear();
                });
            }
            turn.add(new Taken(publisher, sequence));
            return 1;
        };
    }
}
