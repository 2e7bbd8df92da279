package io.sluice.node.live;

import static io.sluice.node.live.LiveViewTest.anArrival;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.node.event.Arrival;
import io.sluice.node.event.Properties;
import io.sluice.node.observe.Meters;
import io.sluice.node.route.SplitFilter;
import io.sluice.node.settings.Configuration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Three members of a cluster, over real connections.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class LiveExchangeTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final LiveBuffer.Bounds BOUNDS = new LiveBuffer.Bounds(100, 1 << 20);

    private Member one;
    private Member two;
    private Member three;

    private static final class Member implements AutoCloseable {
        final LiveView live = new LiveView();
        final SimpleMeterRegistry registry = new SimpleMeterRegistry();
        private final Subscription.Counts counts =
                new Subscription.Counts(registry.counter("sent"), registry.counter("dropped"));
        private final ActorSystem<Void> system;
        private final String name;

        Member(Optional<Member> joined) {
            var config = ConfigFactory.parseString("""
                            pekko.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
                            pekko.coordinated-shutdown.exit-jvm = off
                            pekko.coordinated-shutdown.run-by-jvm-shutdown-hook = off
                            """)
                    .withFallback(
                            Configuration.forActors(Configuration.reference().resolve()));
            system = ActorSystem.create(
                    Behaviors.setup(context -> {
                        var self = Cluster.get(context.getSystem()).selfMember();
                        context.spawn(
                                LiveExchange.create(live, self.address().hostPort(), BOUNDS, new Meters(registry)),
                                "live");
                        return Behaviors.empty();
                    }),
                    "sluice",
                    config);
            var cluster = Cluster.get(system);
            name = cluster.selfMember().address().hostPort();
            cluster.manager()
                    .tell(Join.create(joined.map(member ->
                                    Cluster.get(member.system).selfMember().address())
                            .orElse(cluster.selfMember().address())));
            await("it is up")
                    .atMost(LIMIT)
                    .until(() -> cluster.selfMember().status().equals(MemberStatus.up()));
        }

        /// What a viewer sees: node, space, topic.
        List<String> watch(Subscription[] made, String... filters) {
            List<String> seen = Collections.synchronizedList(new ArrayList<>());
            made[0] = Subscription.of(
                    Stream.of(filters).map(SplitFilter::of).toList(),
                    (arrival, node) -> seen.add(node + " " + arrival.topic()),
                    counts);
            live.add(made[0]);
            return seen;
        }

        double handed(String outcome) {
            return registry.counter("sluice.tail.handed.messages", "outcome", outcome)
                    .count();
        }

        @Override
        public void close() {
            system.terminate();
            system.getWhenTerminated()
                    .toCompletableFuture()
                    .orTimeout(60, TimeUnit.SECONDS)
                    .join();
        }
    }

    @BeforeAll
    void start() {
        one = new Member(Optional.empty());
        two = new Member(Optional.of(one));
        three = new Member(Optional.of(one));
    }

    @AfterAll
    void stop() {
        three.close();
        two.close();
        one.close();
    }

    /// Shows something at one member until another one sees it.
    private static void awaitWatched(Member from, List<String> seen, String topic) {
        await(topic + " is seen").atMost(LIMIT).until(() -> {
            from.live.show(anArrival(topic));
            return seen.contains(from.name + " " + topic);
        });
    }

    private static void awaitAllSent(Member member) {
        var last = new AtomicReference<>(-1.0);
        await("nothing is left to send")
                .during(Duration.ofMillis(500))
                .atMost(LIMIT)
                .until(() -> last.getAndSet(member.handed("sent")) == member.handed("sent"));
    }

    @Test
    void showsWhatAnyNodeReceivesOnceAndInOrder() {
        var made = new Subscription[1];
        var seen = two.watch(made, "order/+/a", "order/#", "ready");
        awaitWatched(one, seen, "ready");
        awaitWatched(three, seen, "ready");
        await("no more of them come")
                .during(Duration.ofMillis(300))
                .atMost(LIMIT)
                .until(() -> true);
        seen.clear();

        IntStream.range(0, 50).forEach(i -> one.live.show(anArrival("order/%d/a".formatted(i))));
        IntStream.range(0, 5).forEach(i -> three.live.show(anArrival("order/%d".formatted(i))));
        two.live.show(anArrival("order/own"));
        one.live.show(anArrival("else"));

        await("all is seen").atMost(LIMIT).until(() -> seen.size() >= 56);
        assertThat(seen.stream().filter(each -> each.startsWith(one.name)))
                .containsExactlyElementsOf(IntStream.range(0, 50)
                        .mapToObj(i -> one.name + " order/%d/a".formatted(i))
                        .toList());
        assertThat(seen.stream().filter(each -> each.startsWith(three.name))).hasSize(5);
        assertThat(seen).contains(two.name + " order/own").hasSize(56);

        two.live.remove(made[0]);
        awaitNothingHanded("order/late");
    }

    @Test
    void sendsOnNothingThatCameFromAnotherNode() {
        var made = new Subscription[2];
        var atTwo = two.watch(made, "circle/#");
        var second = new Subscription[1];
        var atThree = three.watch(second, "circle/#");
        awaitWatched(one, atTwo, "circle/ready");
        awaitWatched(one, atThree, "circle/ready");
        awaitWatched(two, atThree, "circle/ready");
        awaitWatched(three, atTwo, "circle/ready");
        awaitAllSent(two);
        awaitAllSent(three);
        var sentByTwo = two.handed("sent");
        var sentByThree = three.handed("sent");

        IntStream.range(0, 20).forEach(i -> one.live.show(anArrival("circle/" + i)));

        await("all is seen")
                .atMost(LIMIT)
                .until(() -> atTwo.contains(one.name + " circle/19") && atThree.contains(one.name + " circle/19"));
        assertThat(two.handed("sent")).isEqualTo(sentByTwo);
        assertThat(three.handed("sent")).isEqualTo(sentByThree);
        two.live.remove(made[0]);
        three.live.remove(second[0]);
    }

    @Test
    void dropsWhatHasNoRoomAndGoesOn() {
        var made = new Subscription[1];
        var seen = two.watch(made, "flood/#");
        awaitWatched(one, seen, "flood/ready");
        var large =
                new Arrival("l", "flood/large", new byte[800 << 10], 1, false, false, "d", "", "", 0, Properties.NONE);

        IntStream.range(0, 1_000).forEach(i -> one.live.show(anArrival("flood/" + i)));
        assertThat(one.handed("dropped")).isGreaterThanOrEqualTo(500);
        awaitWatched(one, seen, "flood/later");
        one.live.show(large);

        await("one larger than a batch comes, too").atMost(LIMIT).until(() -> seen.contains(one.name + " flood/large"));
        two.live.remove(made[0]);
    }

    @Test
    void aMemberThatLeftCostsNothing() {
        var made = new Subscription[1];
        try (var four = new Member(Optional.of(one))) {
            var seen = four.watch(made, "left/#");
            awaitWatched(one, seen, "left/ready");
        }

        awaitNothingHanded("left/late");
    }

    /// For a while, though messages come.
    private void awaitNothingHanded(String topic) {
        var last = new AtomicReference<>(-1.0);
        await("nothing of [%s] goes to another node".formatted(topic))
                .during(Duration.ofMillis(500))
                .atMost(LIMIT)
                .until(() -> {
                    var now = one.handed("sent") + one.handed("dropped");
                    one.live.show(anArrival(topic));
                    return last.getAndSet(now) == now;
                });
    }
}
