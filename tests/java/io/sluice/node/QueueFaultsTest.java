package io.sluice.node;

import static io.sluice.node.RawDevice.PUBACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.TestKafka;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node with a queue is killed. The queue is in [TestKafka], the target is [OtherKafka].
@Tag("kafka")
class QueueFaultsTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int MESSAGES = 3_000;

    @TempDir
    private Path folder = Path.of("");

    private final String prefix = "q-" + UUID.randomUUID() + "-";
    private final String target = "killed-" + UUID.randomUUID();

    @AfterEach
    void letTheTargetGoOn() {
        OtherKafka.resume();
    }

    private String[] arguments() {
        return new String[] {
            folder.toString(), OtherKafka.bootstrapServers(), TestKafka.bootstrapServers(), prefix, target
        };
    }

    private long committed() {
        return OneNode.committed(TestKafka.bootstrapServers(), prefix + "one");
    }

    @Test
    void aNodeThatIsKilledBeforeTheTargetIsBackLosesNothing() throws Exception {
        try (var first = ForkedJvm.start(QueueProcess.class, arguments())) {
            fill(first);
            // what it has read is on its way by now, as far as that is shown by nothing
            await("the task has read").pollDelay(Duration.ofSeconds(1)).until(() -> true);
            first.kill();
        }
        OtherKafka.resume();
        var delivered = delivered();
        assertThat(committed()).isOne();

        drain();

        assertCompleteAndInOrder(delivered - 1);
    }

    /// Repeats are what the target had beyond the last commit.
    @Test
    void aNodeThatIsKilledWhileItDrainsRepeatsNoMoreThanItHadNotCommitted() throws Exception {
        slowDown(20_000.0);
        try (var first = ForkedJvm.start(QueueProcess.class, arguments())) {
            fill(first);
            OtherKafka.resume();
            await("it is amid the queue").atMost(LIMIT).until(() -> committed() > MESSAGES / 20);
            first.kill();
        } finally {
            slowDown(null);
        }
        var committed = committed();
        var delivered = delivered();
        assertThat(delivered).as("delivered when it was killed").isLessThan(MESSAGES);
        assertThat(committed)
                .as("committed of %d delivered".formatted(delivered))
                .isLessThanOrEqualTo(delivered);

        drain();

        assertCompleteAndInOrder(delivered - committed);
    }

    /// A first message, delivered and committed, and many while the target is away.
    private void fill(ForkedJvm node) throws IOException, InterruptedException {
        var port = Integer.parseInt(node.await("ready "));
        try (var device = RawDevice.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), "d")) {
            device.publish(1, 1, false, "tbmq/a", text(0));
            await("it is delivered").atMost(LIMIT).until(() -> device.heard(PUBACK, 1) && committed() == 1);
            OtherKafka.pause();
            for (int from = 1; from < MESSAGES; from += 500) {
                var until = Math.min(MESSAGES, from + 500);
                device.publishTogether(
                        1,
                        from + 1,
                        "tbmq/a",
                        IntStream.range(from, until)
                                .mapToObj(QueueFaultsTest::text)
                                .toList());
                await("queued").atMost(LIMIT).until(() -> device.heard(PUBACK, until));
            }
        }
    }

    /// What was under way to the target is there soon.
    private long delivered() {
        var last = new AtomicLong();
        await("the target is quiet")
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(500))
                .until(() -> OtherKafka.end(target), end -> last.getAndSet(end) == end && end > 0);
        return last.get();
    }

    private static String text(int number) {
        return "%-300d".formatted(number);
    }

    private void drain() throws InterruptedException {
        try (var second = ForkedJvm.start(QueueProcess.class, arguments())) {
            second.await("ready ");
            await("all is delivered").atMost(LIMIT).until(() -> committed() == MESSAGES);
        }
    }

    private void assertCompleteAndInOrder(long repeatsMax) {
        var values = TestKafka.readAll(OtherKafka.bootstrapServers(), target).stream()
                .map(record -> Integer.parseInt(new String(record.value(), StandardCharsets.UTF_8).strip()))
                .toList();
        assertThat(values.stream().distinct().toList())
                .as("first deliveries are in order and complete")
                .isEqualTo(IntStream.range(0, MESSAGES).boxed().toList());
        assertThat((long) values.size() - MESSAGES)
                .as("repeats are what was delivered since the last commit")
                .isLessThanOrEqualTo(repeatsMax);
    }

    /// So that there is something left to drain when the node is killed.
    ///
    /// @param bytesPerSecond that the target takes of the integration; null: all
    private static void slowDown(@Nullable Double bytesPerSecond) throws ExecutionException, InterruptedException {
        var client = new ClientQuotaEntity(Map.of(ClientQuotaEntity.CLIENT_ID, QueueProcess.CLIENT_ID));
        var quota = new ClientQuotaAlteration(
                client, List.of(new ClientQuotaAlteration.Op("producer_byte_rate", bytesPerSecond)));
        try (var admin = Admin.create(Map.of("bootstrap.servers", (Object) OtherKafka.bootstrapServers()))) {
            admin.alterClientQuotas(List.of(quota)).all().get();
        }
    }
}
