package io.sluice.node.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.mqtt.MqttEncoder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The reader against packets that another implementation, Netty's encoder, has written: whole, cut anywhere, broken.
class PacketReaderFuzzTest {
    private static final int CONVERSATIONS = 3_000;
    private static final MqttSettings.Limits LIMITS =
            new MqttSettings.Limits(1 << 20, 1 << 20, 128, 1_000, 1_000, 1 << 20);

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void readsWhatAnotherWroteHoweverItIsCut(long seed) {
        for (int n = 0; n < CONVERSATIONS; n++) {
            var random = new Random(seed * CONVERSATIONS + n);
            var conversation = RandomPackets.conversation(random);
            var expected =
                    conversation.stream().map(RandomPackets.Written::expected).toList();

            var read = new ArrayList<String>();
            var all = new Unread(Long.MAX_VALUE, Long.MAX_VALUE);
            var reader = new PacketReader(LIMITS, all);
            for (var piece : cut(random, wire(conversation))) {
                readInto(read, reader, piece);
            }

            assertThat(read).as("conversation %d of seed %d", n, seed).isEqualTo(expected);
            assertThat(reader.isEmpty()).as("nothing is left over").isTrue();
            assertThat(all.bytes()).as("nothing is counted").isZero();
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {4, 5, 6})
    void endsBrokenBytesInARefusalOrWaitsForMore(long seed) {
        var refused = 0;
        for (int n = 0; n < CONVERSATIONS; n++) {
            var random = new Random(seed * CONVERSATIONS + n);
            var broken = broken(random, wire(RandomPackets.conversation(random)));
            var all = new Unread(Long.MAX_VALUE, Long.MAX_VALUE);
            var reader = new PacketReader(LIMITS, all);
            var bytes = Unpooled.wrappedBuffer(broken);
            var read = new ArrayList<String>();
            try {
                readInto(read, reader, bytes);
            } catch (Refusal _) {
                refused++;
            } catch (RuntimeException e) {
                throw new AssertionError(
                        "conversation %d of seed %d: %s"
                                .formatted(n, seed, HexFormat.of().formatHex(broken)),
                        e);
            }
            reader.close();
            assertThat(read.size()).as("a packet is two bytes at least").isLessThanOrEqualTo(broken.length / 2);
            assertThat(bytes.refCnt()).as("memory is given back").isZero();
            assertThat(all.bytes()).as("nothing is counted").isZero();
        }
        assertThat(refused).as("what was broken is mostly seen").isGreaterThan(CONVERSATIONS / 3);
    }

    private static void readInto(List<String> read, PacketReader reader, ByteBuf piece) {
        reader.add(UnpooledByteBufAllocator.DEFAULT, piece);
        for (var packet = reader.next(); packet != null; packet = reader.next()) {
            read.add(RandomPackets.shown(packet));
        }
        reader.compact();
    }

    private static byte[] wire(List<RandomPackets.Written> conversation) {
        var channel = new EmbeddedChannel(MqttEncoder.INSTANCE);
        var wire = Unpooled.buffer();
        for (var packet : conversation) {
            channel.writeOutbound(packet.message());
            for (ByteBuf bytes = channel.readOutbound(); bytes != null; bytes = channel.readOutbound()) {
                wire.writeBytes(bytes);
                bytes.release();
            }
        }
        channel.finishAndReleaseAll();
        return ByteBufUtil.getBytes(wire);
    }

    private static List<ByteBuf> cut(Random random, byte[] wire) {
        var pieces = new ArrayList<ByteBuf>();
        var largest = random.nextBoolean() ? wire.length : 1 + random.nextInt(20);
        for (int at = 0; at < wire.length; ) {
            var length = Math.min(wire.length - at, 1 + random.nextInt(largest));
            pieces.add(Unpooled.copiedBuffer(wire, at, length));
            at += length;
        }
        return pieces;
    }

    /// One to three bytes changed, left out or put in, or the end cut off.
    private static byte[] broken(Random random, byte[] wire) {
        var bytes = Unpooled.buffer(wire.length + 3);
        bytes.writeBytes(wire);
        for (int times = 1 + random.nextInt(3); times > 0 && bytes.readableBytes() > 1; times--) {
            var at = random.nextInt(Math.min(bytes.readableBytes(), random.nextBoolean() ? 40 : Integer.MAX_VALUE));
            var rest = ByteBufUtil.getBytes(bytes, at + 1, bytes.readableBytes() - at - 1);
            switch (random.nextInt(4)) {
                case 0 -> bytes.setByte(at, random.nextInt(256));
                case 1 -> bytes.writerIndex(at).writeBytes(rest);
                case 2 ->
                    bytes.writerIndex(at + 1).writeByte(random.nextInt(256)).writeBytes(rest);
                default -> bytes.writerIndex(at + 1);
            }
        }
        return ByteBufUtil.getBytes(bytes);
    }
}
