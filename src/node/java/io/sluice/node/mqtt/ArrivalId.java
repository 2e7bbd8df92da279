package io.sluice.node.mqtt;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import net.jpountz.xxhash.XXHash64;
import net.jpountz.xxhash.XXHashFactory;

/// Names the messages of one session.
///
/// QoS 1 and 2: `<clientId>:<packetId>:<hash>`, the hash being XXHash64 over topic and payload, 16 hexadecimal digits.
/// A persistent session hashes with seed 0, so a message sent again gets the same name even from a node that never saw
/// its first copy; a clean session hashes with a seed of its own, because its packet ids start anew each time. QoS 0:
/// `<clientId>:<session's seed>-<count>`.
///
/// Limit: a persistent client that sends the same payload to the same topic under the same packet id twice, as a
/// program does that connects anew for every message, gives two messages one name.
final class ArrivalId {
    private static final XXHash64 HASH = XXHashFactory.fastestJavaInstance().hash64();

    private final long seed;
    private final String unacknowledgedPrefix;
    private final StringBuilder name;
    private final int prefix;
    private Topic last = Topic.NONE;
    private long lastHash;
    private long count;

    ArrivalId(String clientId, boolean persistent) {
        this(clientId, persistent, ThreadLocalRandom.current().nextLong());
    }

    ArrivalId(String clientId, boolean persistent, long nonce) {
        this.seed = persistent ? 0 : nonce;
        this.name = new StringBuilder(clientId.length() + 24).append(clientId).append(':');
        this.prefix = name.length();
        this.unacknowledgedPrefix = name + HexFormat.of().toHexDigits(nonce) + '-';
    }

    long hash(Topic topic, byte[] payload) {
        if (topic != last) {
            last = topic;
            lastHash = HASH.hash(topic.utf8(), 0, topic.utf8().length, seed);
        }
        return HASH.hash(payload, 0, payload.length, lastHash);
    }

    String of(int packetId, long hash) {
        name.setLength(prefix);
        name.append(packetId).append(':');
        for (int shift = Long.SIZE - 4; shift >= 0; shift -= 4) {
            name.append(Character.forDigit((int) (hash >>> shift) & 15, 16));
        }
        return name.toString();
    }

    /// The name of a message that has no packet id.
    String next() {
        return unacknowledgedPrefix + count++;
    }
}
