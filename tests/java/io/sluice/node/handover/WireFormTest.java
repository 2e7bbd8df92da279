package io.sluice.node.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.typesafe.config.ConfigFactory;
import io.sluice.node.event.Arrival;
import io.sluice.node.event.Metadata;
import io.sluice.node.event.Properties;
import io.sluice.node.handover.Handover.Hand;
import io.sluice.node.integration.TaskWireForm;
import java.io.NotSerializableException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.serialization.SerializationExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WireFormTest {
    private static final Properties ALL = new Properties(
            "application/json",
            "answer/here",
            new byte[] {1, 2, -1},
            true,
            0,
            List.of(new Properties.User("a", "1"), new Properties.User("a", "ü")));

    private final ActorTestKit kit = ActorTestKit.create(
            "wire",
            ConfigFactory.load("sluice.conf")
                    .withOnlyPath("pekko.actor.serializers")
                    .withFallback(ConfigFactory.load("sluice.conf").withOnlyPath("pekko.actor.serialization-bindings"))
                    .withFallback(ConfigFactory.defaultReference()));
    private final ActorRef<Handover.ToSender> sender =
            kit.createTestProbe("sender", Handover.ToSender.class).getRef();
    private final ActorRef<Handover.ToTask> task =
            kit.createTestProbe("task", Handover.ToTask.class).getRef();
    private final ExtendedActorSystem system =
            (ExtendedActorSystem) kit.system().classicSystem();
    private final WireForm form = new WireForm(system);

    @AfterAll
    void stop() {
        kit.shutdownTestKit();
    }

    private static Arrival arrival(String id, String client, byte[] payload, Properties properties) {
        return new Arrival(
                id, "plant/7/temperature", payload, 2, true, false, client, "user", "", 1_700_000_000_000L, properties);
    }

    private Hand hand(List<Arrival> arrivals, List<String> subjects) {
        return new Hand(-1, Long.MAX_VALUE, 3, 4, 12, new Batch(arrivals, subjects, 99, () -> {}), sender);
    }

    List<Object> messages() {
        return List.of(
                new Handover.Open(Long.MIN_VALUE, 1, sender),
                hand(
                        List.of(
                                arrival("1", "d-1", new byte[0], Properties.NONE),
                                arrival("2", "d-1", "21 °C".getBytes(StandardCharsets.UTF_8), ALL)),
                        List.of("d-1", "")),
                hand(
                        List.of(
                                arrival("1", "d-1", new byte[0], Properties.NONE),
                                arrival("2", "d-1", new byte[0], Properties.NONE)
                                        .with(
                                                "3",
                                                Metadata.NONE.with("topic", "t").with("offset", "7"))),
                        List.of("d-1", "d-1")),
                new Handover.Drop(7, sender),
                new Handover.Dropped(7),
                new Handover.Opened(5, 1, 0, 3, task),
                new Handover.Expected(5, 900),
                new Handover.Acknowledged(5, 899, 0));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void whatIsReadIsWhatWasSent(Object message) throws NotSerializableException {
        var buffer = ByteBuffer.allocateDirect(10_000);
        form.toBinary(message, buffer);
        var fromBuffer = form.fromBinary(buffer.flip(), form.manifest(message));
        var fromBytes = form.fromBinary(form.toBinary(message), form.manifest(message));

        for (var read : List.of(fromBuffer, fromBytes)) {
            assertThat(read)
                    .usingRecursiveComparison()
                    .ignoringFields("batch.settled", "batch.sinceNanos")
                    .isEqualTo(message);
        }
    }

    @Test
    void whatASenderSaysTravelsThroughTheRouterToo() throws NotSerializableException {
        var open = new Handover.Open(9, 1, sender);
        var routed = routed(open);
        var tasks = new TaskWireForm(system);

        assertThat(tasks.fromBinary(tasks.toBinary(routed), tasks.manifest(routed)))
                .isEqualTo(routed);
        assertThat(SerializationExtension.get(system).findSerializerFor(routed)).isInstanceOf(TaskWireForm.class);
        assertThat(SerializationExtension.get(system).findSerializerFor(open)).isInstanceOf(WireForm.class);
    }

    private static Object routed(Handover.ToTask message) {
        return new io.sluice.node.integration.Task.FromSender(message);
    }

    /// References are left out: they name this run's actors.
    @Test
    void whatTravelsKeepsItsForm() {
        var sent = new StringBuilder();
        for (var message : messages()) {
            var hex = HexFormat.of()
                    .formatHex(form.toBinary(message))
                    .replace(reference(sender), "<sender>")
                    .replace(reference(task), "<task>");
            sent.append(form.manifest(message)).append(' ').append(hex).append('\n');
        }

        assertThat(sent).hasToString("""
                open.1 800000000000000001<sender>
                hand.1 ffffffffffffffff7fffffffffffffff03040c<sender>6302\
                0601310013706c616e742f372f74656d7065726174757265000003642d31000475736572000080d095ffbc3102\
                1601320106323120c2b04302030480d095ffbc31\
                00106170706c69636174696f6e2f6a736f6e0b616e737765722f68657265030102ff01010201610131016102c3bc04
                hand.2 ffffffffffffffff7fffffffffffffff03040c<sender>6302\
                0601310013706c616e742f372f74656d7065726174757265000003642d31000475736572000080d095ffbc3102\
                260133010002030480d095ffbc310200066f666673657401370005746f706963017402
                drop.1 0000000000000007<sender>
                dropped.1 0000000000000007
                opened.1 0000000000000005010003<task>
                expected.1 00000000000000058407
                acknowledged.1 0000000000000005830700
                """);
    }

    /// Nodes of the release before can read it.
    @Test
    void onlyABatchWithMetadataTravelsInTheNewForm() {
        assertThat(messages().stream().map(form::manifest))
                .containsExactly(
                        "open.1",
                        "hand.1",
                        "hand.2",
                        "drop.1",
                        "dropped.1",
                        "opened.1",
                        "expected.1",
                        "acknowledged.1");
    }

    private String reference(ActorRef<?> actor) {
        var name =
                ActorRefResolver.get(kit.system()).toSerializationFormat(actor).getBytes(StandardCharsets.UTF_8);
        return HexFormat.of().formatHex(new byte[] {(byte) name.length})
                + HexFormat.of().formatHex(name);
    }

    @Test
    void aTextThatComesAgainTravelsOnce() {
        var one = form.toBinary(hand(List.of(arrival("1", "d-1", new byte[0], Properties.NONE)), List.of("d-1")));
        var two = form.toBinary(hand(
                List.of(
                        arrival("1", "d-1", new byte[0], Properties.NONE),
                        arrival("2", "d-1", new byte[0], Properties.NONE)),
                List.of("d-1", "d-1")));

        assertThat(two.length - one.length).isEqualTo(15);
    }

    /// What a node cannot read it says, and reads nothing wrong: cut anywhere, or a byte changed anywhere.
    @Test
    void whatIsBrokenIsRefused() {
        var random = new Random(42);
        for (var message : messages()) {
            var bytes = form.toBinary(message);
            for (int end = 0; end < bytes.length; end++) {
                var cut = Arrays.copyOf(bytes, end);
                assertThatExceptionOfType(NotSerializableException.class)
                        .as("%s cut at %d", message, end)
                        .isThrownBy(() -> form.fromBinary(cut, form.manifest(message)));
            }
            for (int i = 0; i < bytes.length; i++) {
                var odd = bytes.clone();
                odd[i] = (byte) random.nextInt();
                try {
                    form.fromBinary(odd, form.manifest(message));
                } catch (NotSerializableException e) {
                    assertThat(e).hasMessageContaining("handover");
                }
            }
        }
        assertThatExceptionOfType(NotSerializableException.class)
                .isThrownBy(() -> form.fromBinary(new byte[0], "hand.3"))
                .withMessageContaining("newer release");
    }

    @Test
    void theBoundHoldsForTheOddestArrival() {
        var odd = "\u20ac".repeat(300);
        var arrival = new Arrival(odd, odd, new byte[500], 0, false, false, odd, odd, odd, Long.MAX_VALUE, ALL)
                .with(odd, Metadata.NONE.with(odd, odd));

        var head = form.toBinary(hand(List.of(arrival("", "", new byte[0], Properties.NONE)), List.of(""))).length;

        assertThat(form.toBinary(hand(List.of(arrival), List.of(odd + "x"))).length)
                .isLessThan(head + WireForm.bytesMax(arrival, odd + "x"));
    }
}
