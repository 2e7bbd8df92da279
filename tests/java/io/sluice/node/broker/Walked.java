package io.sluice.node.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.TestKafka;
import io.sluice.node.broker.BrokerSettings.Auth;
import io.sluice.node.broker.BrokerSettings.Service;
import io.sluice.node.broker.Check.Limits;
import io.sluice.node.broker.Check.Outcome;
import io.sluice.node.broker.Check.Stage;
import io.sluice.node.broker.Check.Step;
import io.sluice.node.broker.Check.Target;
import io.sluice.node.broker.Check.Topic;
import io.sluice.node.secret.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerConfig;

/// What a check of a broker said. Whatever it was, no secret stands in it.
record Walked(List<Step> steps) {
    static final String CANARY = "canary/check+5b1e90";
    private static final List<Stage> WALK =
            Arrays.stream(Stage.values()).filter(stage -> stage != Stage.QUEUE).toList();
    static final Limits PATIENT = new Limits(Duration.ofSeconds(60), Duration.ofSeconds(30));
    static final Limits QUICK = new Limits(Duration.ofSeconds(6), Duration.ofSeconds(3));

    static BrokerSettings plain(String... servers) {
        return new BrokerSettings(
                "default",
                Service.KAFKA,
                Auth.NONE,
                "",
                Secret.of(""),
                false,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(servers));
    }

    static BrokerSettings tls(Path caCert, String server) {
        return secured(Auth.NONE, "", "", Optional.of(caCert), Optional.empty(), Optional.empty(), server);
    }

    static BrokerSettings login(Auth auth, String user, String password, Optional<Path> caCert, String server) {
        return secured(auth, user, password, caCert, Optional.empty(), Optional.empty(), server);
    }

    static BrokerSettings secured(
            Auth auth,
            String user,
            String password,
            Optional<Path> caCert,
            Optional<Path> clientCert,
            Optional<Path> clientKey,
            String server) {
        return new BrokerSettings(
                "secured",
                Service.KAFKA,
                auth,
                user,
                Secret.of(password),
                caCert.isPresent(),
                caCert,
                clientCert,
                clientKey,
                List.of(server));
    }

    static Walked to(BrokerSettings broker, Topic topic, Limits limits) {
        return to(broker, topic, Map.of("acks", "all", "max.request.size", 1 << 20), limits);
    }

    /// @param producer properties of the integration's producer
    static Walked to(BrokerSettings broker, Topic topic, Map<String, Object> producer, Limits limits) {
        var target = new Target(topic, () -> {
            var properties = new HashMap<>(broker.clientProperties());
            properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, Long.MAX_VALUE);
            properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
            properties.putAll(producer);
            return properties;
        });

        var steps = Check.run(broker, target, limits);

        assertThat(steps).extracting(Step::stage).containsExactlyElementsOf(WALK);
        assertThat(steps.toString()).doesNotContain(CANARY).doesNotContain("\tat ");
        assertThat(steps)
                .allSatisfy(step -> assertThat(step.cure().isEmpty()).isEqualTo(step.outcome() != Outcome.FAILED));
        return new Walked(steps);
    }

    /// What was said of a queue on the broker. The way to its target was told as without one.
    static Step toQueue(BrokerSettings broker, Topic.Own topic, Limits limits) {
        var target = Target.none(plain(TestKafka.bootstrapServers()));

        var steps = Check.run(plain(TestKafka.bootstrapServers()), target, new Check.Queue(broker, topic), limits);

        assertThat(steps).extracting(Step::stage).containsExactly(Stage.values());
        assertThat(steps.subList(0, WALK.size())).extracting(Step::outcome).doesNotContain(Outcome.FAILED);
        assertThat(steps.toString()).doesNotContain(CANARY).doesNotContain("\tat ");
        var step = steps.getLast();
        assertThat(step.cure().isEmpty()).isEqualTo(step.outcome() != Outcome.FAILED);
        return step;
    }

    Step step(Stage stage) {
        return steps.get(index(stage));
    }

    private static int index(Stage stage) {
        return List.of(Stage.values()).indexOf(stage);
    }

    /// All before it were fine, and nothing was tried after it.
    Step assertFailsAt(Stage stage) {
        var failed = step(stage);
        assertThat(failed.outcome()).as(steps.toString()).isEqualTo(Outcome.FAILED);
        assertThat(steps.subList(0, index(stage))).extracting(Step::outcome).doesNotContain(Outcome.FAILED);
        assertThat(steps.subList(index(stage) + 1, steps.size()))
                .allSatisfy(step -> assertThat(step.outcome()).isEqualTo(Outcome.SKIPPED));
        return failed;
    }

    void assertOutcomes(Outcome... outcomes) {
        assertThat(steps)
                .as(steps.toString())
                .extracting(Step::outcome)
                .containsExactlyElementsOf(Arrays.asList(outcomes));
    }
}
