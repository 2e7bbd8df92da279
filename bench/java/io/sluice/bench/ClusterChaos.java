package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.KafkaException;

/// Trials of one cluster, one after the other; the kinds of fault take turns.
final class ClusterChaos {
    private final Settings settings;
    private final Screen screen;
    private final Rows rows;

    /// @param faults in the order they take turns
    /// @param queue         whether the integration has one
    /// @param patience      how many times as long as a fault allows its recovery may take
    /// @param nodeArguments passed on to every node
    record Settings(
            int trials,
            long seed,
            List<ClusterFault> faults,
            int nodes,
            int brokers,
            boolean queue,
            int devices,
            long rate,
            long residentMibMax,
            int patience,
            List<String> nodeArguments) {

        long seedOf(int trial) {
            return seed * 1_000 + trial;
        }

        ClusterFault faultOf(int trial) {
            return faults.get((trial - 1) % faults.size());
        }
    }

    ClusterChaos(Settings settings, Screen screen, Rows rows) {
        this.settings = settings;
        this.screen = screen;
        this.rows = rows;
    }

    /// @return exit code: 1 if a trial failed or a secret is told
    int run() throws IOException {
        var folder = Files.createTempDirectory("sluice-cluster-");
        screen.line("seed %d, logs in %s".formatted(settings.seed(), folder));
        var failed = new ArrayList<Integer>();
        var told = List.<String>of();
        try (var rig = ClusterRig.start(folder, settings)) {
            screen.line("a cluster of %d nodes, %d Kafka brokers and PostgreSQL is up%s"
                    .formatted(settings.nodes(), settings.brokers(), settings.queue() ? ", with a queue" : ""));
            for (var trial = 1; trial <= settings.trials(); trial++) {
                if (!passes(trial, rig)) {
                    failed.add(trial);
                }
            }
            told = rig.secretsTold();
            told.forEach(place -> screen.line("a secret stands in " + place));
        }
        screen.line("%d of %d trials passed, seed %d%s"
                .formatted(
                        settings.trials() - failed.size(),
                        settings.trials(),
                        settings.seed(),
                        failed.isEmpty() ? "" : ", failed: " + failed));
        var passed = failed.isEmpty() && told.isEmpty();
        if (passed) {
            Launch.delete(folder);
        }
        return passed ? 0 : 1;
    }

    /// A trial that cannot even be judged has failed; the next one starts with fresh processes.
    private boolean passes(int number, ClusterRig rig) {
        var trial = trial(number, rig);
        try {
            var result = new ClusterTrial(trial, rig).run();
            screen.line(result.line());
            result.verdict().examples().forEach(example -> screen.line("    " + example));
            rows.append(result.csv());
            if (trial.fault() == ClusterFault.DEAD_TARGET) {
                rig.rebuild(); // the counters of what was removed are gone, and what is received is counted with it
            }
            return result.verdict().passed();
        } catch (IllegalStateException | KafkaException e) {
            screen.line("trial %3d  %s  %s".formatted(number, trial.fault(), e.getMessage()));
            rows.append(ClusterResult.unjudged(trial, Rows.firstLine(e)));
            rig.rebuild();
            return false;
        }
    }

    private ClusterTrial.Settings trial(int number, ClusterRig rig) {
        var fault = settings.faultOf(number);
        // MQTT 5 says of a message that nobody wants it
        var plan = Plan.of(Plan.newRun(), rig.servers().getFirst())
                .mqtt5(fault == ClusterFault.EDIT)
                .devices(settings.devices())
                .rate(settings.rate())
                .topic(ClusterRig.MQTT_TOPIC)
                .window(100)
                .messages(settings.rate() * 3_600);
        return new ClusterTrial.Settings(
                number, settings.seedOf(number), fault, plan, settings.residentMibMax(), settings.patience());
    }
}
