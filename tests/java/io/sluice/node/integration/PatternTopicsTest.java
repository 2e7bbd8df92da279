package io.sluice.node.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.TestKafka;
import io.sluice.bench.KafkaProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A task whose records name their own topics, on a Kafka that creates none by itself and has access rules.
@Tag("kafka")
@SuppressWarnings("NullAway.Init")
class PatternTopicsTest extends TaskRig {
    private static KafkaProcess kafka;

    private final String present = "present-" + UUID.randomUUID();
    private final String other = "other-" + UUID.randomUUID();

    @BeforeAll
    static void startKafka(@TempDir Path folder) {
        kafka = KafkaProcess.start(
                folder.resolve("kafka"),
                List.of(
                        "auto.create.topics.enable=false",
                        "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                        "allow.everyone.if.no.acl.found=true"));
        kafka.awaitReady();
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    @Test
    void parksWhatHasNoTopicAndShipsTheOthersInOrder() throws Exception {
        create(present);
        start(everyFifthToOther(Map.of()));

        publish(0, 50);

        expectEveryFifthParked("topic missing");
    }

    @Test
    void takesATopicThatCameLater() throws Exception {
        create(present);
        start(everyFifthToOther(Map.of()));
        publish(0, 5);
        awaitSafe(5);
        assertThat(parked).containsExactly("message 3: topic missing");

        create(other);

        await("it is asked for again").atMost(LIMIT).untilAsserted(() -> {
            publish((int) sequence.get(), (int) sequence.get() + 5);
            assertThat(TestKafka.readAll(kafka.bootstrapServers(), other)).isNotEmpty();
        });
    }

    @Test
    void parksWhatMayNotBeWrittenAndShipsTheOthersInOrder() throws Exception {
        create(present);
        create(other);
        deny(AclOperation.WRITE);
        start(everyFifthToOther(Map.of()));

        publish(0, 50);

        expectEveryFifthParked("topic not permitted");
        assertThat(breaks).hasValue(0);
    }

    @Test
    void parksWhatMayNotEvenBeSeen() throws Exception {
        create(present);
        create(other);
        deny(AclOperation.DESCRIBE);
        start(everyFifthToOther(Map.of()));

        publish(0, 50);

        expectEveryFifthParked("topic not permitted");
        assertThat(breaks).hasValue(0);
    }

    @Test
    void parksAlikeInTransactions() throws Exception {
        create(present);
        create(other);
        deny(AclOperation.WRITE);
        start(everyFifthToOther(Map.of("transactional.id", present)));

        publish(0, 50);

        expectEveryFifthParked("topic not permitted");
    }

    @Test
    void parksNothingWhileKafkaIsAway() throws Exception {
        create(present);
        create(other);
        start(everyFifthToOther(Map.of()));
        await().atMost(LIMIT).until(() -> phase() == TaskPhase.RUNNING);

        kafka.pause();
        try {
            publish(0, 50);
            awaitProblem();
        } finally {
            kafka.resume();
        }

        awaitSafe(50);
        assertThat(parked).isEmpty();
        assertThat(ended("delivered")).isEqualTo(50);
    }

    @Test
    void doesNotRunBeforeKafkaAnswers() {
        startTimeout = Duration.ofSeconds(2);
        start(plan("127.0.0.1:1", null, bySent("unused")));

        awaitProblem();

        assertThat(phase()).isIn(TaskPhase.BACKING_OFF, TaskPhase.STARTING);
        await("the problem of the moment")
                .atMost(LIMIT)
                .untilAsserted(() -> assertThat(board.whyNotRunning(NAME, 0))
                        .contains(board.notes().getFirst().problem()));
    }

    /// It stays until the task runs; a pause between two attempts is too short to be looked for.
    private void awaitProblem() {
        await().atMost(LIMIT)
                .until(() ->
                        board.notes().stream().anyMatch(note -> !note.problem().isEmpty()));
    }

    @Test
    void letsKafkaCreateTopicsWhereItDoes() {
        topicTimeout = LIMIT;
        start(plan(null, (arrival, _, owner) -> record(present + text(arrival).charAt(8), arrival, owner)));

        publish(0, 9);

        awaitSafe(9);
        assertThat(parked).isEmpty();
        for (int n = 0; n < 9; n++) {
            assertThat(values(present + n)).containsExactly("message " + n);
        }
    }

    private TaskPlan everyFifthToOther(Map<String, Object> more) {
        var plan = plan(
                kafka.bootstrapServers(),
                null,
                (arrival, _, owner) -> record(
                        isFifth(Integer.parseInt(text(arrival).substring(8))) ? other : present, arrival, owner));
        return new TaskPlan(
                NAME,
                0,
                () -> {
                    var properties = plan.properties().get();
                    for (var entry : more.entrySet()) {
                        properties = with(properties, entry.getKey(), entry.getValue());
                    }
                    return properties;
                },
                null,
                true,
                plan.recorders(),
                String::valueOf);
    }

    private static boolean isFifth(int n) {
        return n % 5 == 3;
    }

    private void expectEveryFifthParked(String reason) {
        awaitSafe(50);
        var isParked = IntStream.range(0, 50).filter(PatternTopicsTest::isFifth);
        assertThat(parked)
                .containsExactlyElementsOf(isParked.mapToObj(n -> "message %d: %s".formatted(n, reason))
                        .toList());
        assertThat(TestKafka.readAll(kafka.bootstrapServers(), present))
                .extracting(record -> new String(record.value(), java.nio.charset.StandardCharsets.UTF_8))
                .containsExactlyElementsOf(IntStream.range(0, 50)
                        .filter(n -> !isFifth(n))
                        .mapToObj(n -> "message " + n)
                        .toList());
    }

    private static void create(String topic) throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
        }
    }

    private void deny(AclOperation operation) throws Exception {
        var topic = new ResourcePattern(ResourceType.TOPIC, other, PatternType.LITERAL);
        var entry = new AccessControlEntry("User:*", "*", operation, AclPermissionType.DENY);
        try (var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createAcls(List.of(new AclBinding(topic, entry))).all().get();
        }
    }
}
