package io.sluice.node.broker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/// Walks the way of a record to a Kafka, from the name of its servers to the permission to write, and tells what each
/// step saw. The first step that fails says what to do; those behind it are skipped.
///
/// Nothing stays: topics are not created, and the record of the last step is written inside a transaction that is
/// aborted. Readers of committed records never see it, others see one record with the header `sluice-check`.
///
/// No text holds a secret.
public final class Check {

    /// The steps, in their order.
    public enum Stage {
        /// The names of the servers have addresses.
        RESOLVE,
        /// The addresses take connections.
        TCP,
        /// The servers are who we trust, and speak TLS with us.
        TLS,
        /// We may come in.
        AUTH,
        /// Kafka tells its brokers, and these can be reached too.
        METADATA,
        /// The topic is there, or will be.
        TOPIC,
        /// We may write to it.
        WRITE,
        /// All that for the Kafka that the integration's queue is in, up to the queue's topic; only where there is a
        /// queue.
        QUEUE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// How a step ended.
    public enum Outcome {
        OK,
        FAILED,
        /// It does not apply, or could not be tried; the detail says why.
        SKIPPED
    }

    /// What came of one step.
    ///
    /// @param detail   what was seen
    /// @param warnings what works and is still not good
    /// @param cure     what to do, empty unless it failed
    public record Step(Stage stage, Outcome outcome, String detail, List<String> warnings, String cure, Duration took) {
        public Step {
            warnings = List.copyOf(warnings);
        }
    }

    /// Where records go.
    public sealed interface Topic {
        /// Nowhere: only the broker is looked at.
        record None() implements Topic {}

        /// All to one topic.
        record Fixed(String name) implements Topic {}

        /// Each record names its own.
        record Pattern(String text) implements Topic {}

        /// One that we make, write and read ourselves, with a group of the same name.
        ///
        /// @param replicationFactor of one that we make; -1: the broker's default
        record Own(String name, int partitions, int replicationFactor) implements Topic {}
    }

    /// What is to be written, and how.
    ///
    /// @param properties of the producer; may read files
    public record Target(Topic topic, Supplier<Map<String, Object>> properties) {

        /// Only the broker.
        public static Target none(BrokerSettings broker) {
            return new Target(new Topic.None(), broker::clientProperties);
        }

        /// Its name, if there is one.
        Optional<String> oneTopic() {
            return switch (topic) {
                case Topic.Fixed(var name) -> Optional.of(name);
                case Topic.Own own -> Optional.of(own.name());
                case Topic.None _, Topic.Pattern _ -> Optional.empty();
            };
        }
    }

    /// Where records wait before they go to their target.
    public record Queue(BrokerSettings broker, Topic.Own topic) {}

    /// How long it may take.
    ///
    /// @param total of all steps together; to let go of what they opened takes two seconds more at most
    /// @param step  of one
    public record Limits(Duration total, Duration step) {
        public static final Limits USUAL = new Limits(Duration.ofSeconds(20), Duration.ofSeconds(8));
    }

    private Check() {}

    /// All steps in their order. Blocks for the total limit at most, however the servers behave; an interrupt ends it
    /// early. A name service that does not answer keeps a thread until its own timeout; nothing else stays.
    public static List<Step> run(BrokerSettings broker, Target target, Limits limits) {
        try (var walk = new Walk(broker, target, limits)) {
            return walk.run();
        }
    }

    /// The same, and beside it the way to the queue, told in one step more: it says what is wrong there, whatever is
    /// wrong with the target.
    public static List<Step> run(BrokerSettings broker, Target target, Queue queue, Limits limits) {
        var way = new FutureTask<>(
                () -> run(queue.broker(), new Target(queue.topic(), queue.broker()::clientProperties), limits));
        var thread = Thread.ofVirtual().name(Walk.THREAD).start(way);
        var steps = new ArrayList<>(run(broker, target, limits));
        try {
            steps.add(queueStep(queue.broker().name(), way.get()));
        } catch (InterruptedException _) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException("check of a queue failed", e.getCause());
        }
        return List.copyOf(steps);
    }

    private static Step queueStep(String broker, List<Step> way) {
        var warnings = way.stream().flatMap(step -> step.warnings().stream()).toList();
        var took = way.stream().map(Step::took).reduce(Duration.ZERO, Duration::plus);
        var failed =
                way.stream().filter(step -> step.outcome() == Outcome.FAILED).findFirst();
        var told = failed.or(() ->
                        way.stream().filter(step -> step.stage() == Stage.TOPIC).findFirst())
                .orElseThrow();
        var where = failed.isPresent()
                ? "broker [%s], %s: ".formatted(broker, told.stage())
                : "broker [%s]: ".formatted(broker);
        return new Step(Stage.QUEUE, told.outcome(), where + told.detail(), warnings, told.cure(), took);
    }
}
