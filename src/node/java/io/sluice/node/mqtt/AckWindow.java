package io.sluice.node.mqtt;

import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// The messages of one session between receipt and acknowledgement. Pure: no clock, no I/O, one thread.
///
/// A message enters and waits until every integration that took it has it safe. The acknowledgements (PUBACK for QoS 1,
/// PUBREC for QoS 2, none for QoS 0) leave in the order in which the present connection sent the messages, so one that
/// is safe waits for those before it.
///
/// A QoS 2 packet id stays received until its PUBREL: the same PUBLISH again is not a new message. The same holds for a
/// QoS 1 PUBLISH that is sent again (DUP) while its first copy waits, or after that became safe while no connection was
/// there to be told. The same means the same packet id and the same content: a client that lost its state and uses a
/// packet id for something else loses nothing.
///
/// [#detach()] ends a connection: what waits goes on waiting, but is acknowledged on a later connection only once the
/// client sent it again there, since only then both sides mean the same message by that packet id.
final class AckWindow {
    /// Takes the acknowledgements, in order of receipt.
    interface Acks {
        /// @param nanos when the message was received, as given to [#enter]
        void acknowledge(int qos, int packetId, Reason reason, long nanos);
    }

    private static final int SMALLEST = 16;

    /// Stands for the integrations while their number is not known, so that a message cannot be safe before it is.
    private static final int OFFERED = 1 << 30;

    private final int rememberedMax;

    /// The messages by sequence, from the oldest that waits.
    private @Nullable Slot[] waiting = new @Nullable Slot[SMALLEST];

    private long head;
    private long tail;

    /// What the present connection sent and was not told of yet, in its order.
    private final ArrayDeque<Slot> untold = new ArrayDeque<>(SMALLEST);

    /// QoS 2 packet ids from PUBLISH to PUBREL.
    private final IntObjectMap<Slot> received = new IntObjectHashMap<>(4);

    /// QoS 1 messages that became safe while no connection was there to be told.
    private final IntObjectMap<Slot> remembered = new IntObjectHashMap<>(4);

    private int unacknowledged;
    private int outstanding;
    private long bytes;

    private static final class Slot {
        final long sequence;
        final int qos;
        final int packetId;
        final long hash;
        final int weight;
        final long nanos;
        Reason reason = Reason.SUCCESS;
        int integrations = OFFERED;
        boolean attached = true;
        boolean counted = true;
        boolean answered;

        Slot(long sequence, int qos, int packetId, long hash, int weight, long nanos) {
            this.sequence = sequence;
            this.qos = qos;
            this.packetId = packetId;
            this.hash = hash;
            this.weight = weight;
            this.nanos = nanos;
        }

        boolean isSafe() {
            return integrations == 0;
        }

        boolean is(int otherPacketId, long otherHash) {
            return packetId == otherPacketId && hash == otherHash;
        }
    }

    /// @param rememberedMax QoS 1 messages remembered that became safe while no connection was there
    AckWindow(int rememberedMax) {
        this.rememberedMax = rememberedMax;
    }

    /// A new message. It waits until [#expect] said for how many integrations and [#safe] came as often.
    ///
    /// @return its sequence: one more than that of the message before
    long enter(int qos, int packetId, long hash, int weight, long nanos) {
        var slot = new Slot(tail, qos, packetId, hash, weight, nanos);
        if (qos == 1 && !remembered.isEmpty()) {
            remembered.remove(packetId);
        }
        if (qos == 2) {
            received.put(packetId, slot);
        }
        if (qos > 0) {
            untold.add(slot);
            unacknowledged++;
            outstanding++;
        }
        bytes += weight;
        if (tail - head == waiting.length) {
            grow();
        }
        waiting[index(tail)] = slot;
        return tail++;
    }

    /// So many integrations took the message; 0: none wanted it.
    void expect(long sequence, int integrations) {
        var slot = at(sequence);
        if (integrations == 0) {
            slot.reason = Reason.NO_ROUTE;
        }
        count(slot, integrations - OFFERED);
    }

    /// The message can never be taken: it is answered in its turn, with the reason.
    void refuse(long sequence, Reason reason) {
        var slot = at(sequence);
        slot.reason = reason;
        count(slot, -OFFERED);
    }

    /// One integration has the message safe.
    void safe(long sequence) {
        count(at(sequence), -1);
    }

    /// Whether a PUBLISH is one that was received before. Then it must not be handed on: its acknowledgement comes by a
    /// later [#settle].
    boolean repeats(int qos, int packetId, boolean duplicate, long hash) {
        var first = switch (qos) {
            case 0 -> null;
            case 1 -> duplicate ? firstOf(packetId, hash) : null;
            default -> received.get(packetId);
        };
        if (first == null || first.hash != hash) {
            return false;
        }
        outstanding += first.attached ? 0 : 1;
        var isToTell = !first.attached || (first.answered && !first.counted);
        first.attached = true;
        if (isToTell) {
            unacknowledged += first.counted ? 0 : 1;
            first.counted = true;
            untold.add(first);
        }
        return true;
    }

    /// PUBREL: the packet id is free again.
    ///
    /// @return whether it was received and answered by a PUBREC
    boolean release(int packetId) {
        var slot = received.get(packetId);
        if (slot == null || !slot.answered) {
            return false;
        }
        received.remove(packetId);
        outstanding -= slot.attached ? 1 : 0;
        return true;
    }

    /// Acknowledges what is safe, up to the first message that is not.
    void settle(Acks acks) {
        for (var slot = untold.peek(); slot != null && slot.isSafe(); slot = untold.peek()) {
            untold.remove();
            uncount(slot);
            slot.answered = true;
            if (slot.qos == 1) {
                outstanding--;
            } else if (slot.reason.isFailure()) {
                outstanding--;
                received.remove(slot.packetId, slot);
            }
            acks.acknowledge(slot.qos, slot.packetId, slot.reason, slot.nanos);
        }
    }

    /// The connection ended.
    void detach() {
        for (var slot : untold) {
            slot.attached = false;
            if (slot.isSafe()) {
                leaveUntold(slot);
            }
        }
        untold.clear();
        received.values().forEach(slot -> slot.attached = false);
        outstanding = 0;
        if (isEmpty() && waiting.length > SMALLEST) {
            waiting = new @Nullable Slot[SMALLEST];
        }
    }

    /// Whether a QoS 2 message may enter with so many packet ids at most between PUBLISH and PUBREL. Those of earlier
    /// connections count: they stay until their PUBREL.
    boolean mayReceive(int packetId, int unreleasedMax) {
        return received.size() < unreleasedMax || received.containsKey(packetId);
    }

    /// Messages of QoS 1 and 2 that wait for an integration or for their turn to be acknowledged.
    int unacknowledged() {
        return unacknowledged;
    }

    /// What the client counts against the receive maximum on this connection (MQTT 5 section 4.9).
    int outstanding() {
        return outstanding;
    }

    /// Weight of the messages that wait for an integration.
    long bytes() {
        return bytes;
    }

    /// Nothing waits.
    boolean isEmpty() {
        return head == tail && untold.isEmpty();
    }

    private void count(Slot slot, int change) {
        slot.integrations += change;
        if (!slot.isSafe()) {
            return;
        }
        bytes -= slot.weight;
        if (slot.qos > 0 && !slot.attached) {
            leaveUntold(slot);
        }
        for (var first = waiting[index(head)]; first != null && first.isSafe(); first = waiting[index(head)]) {
            waiting[index(head++)] = null;
        }
    }

    private void leaveUntold(Slot slot) {
        uncount(slot);
        if (slot.qos != 1) {
            return;
        }
        var other = remembered.get(slot.packetId);
        if (other == null ? remembered.size() < rememberedMax : other.sequence < slot.sequence) {
            remembered.put(slot.packetId, slot);
        }
    }

    private void uncount(Slot slot) {
        unacknowledged -= slot.counted ? 1 : 0;
        slot.counted = false;
    }

    /// A look at every message there is, but only for one that the client says it sent before.
    private @Nullable Slot firstOf(int packetId, long hash) {
        var first = remembered.get(packetId);
        if (first != null && first.hash == hash) {
            remembered.remove(packetId);
            return first;
        }
        for (var slot : untold) {
            if (slot.qos == 1 && slot.is(packetId, hash)) {
                return slot;
            }
        }
        for (long sequence = head; sequence != tail; sequence++) {
            var slot = waiting[index(sequence)];
            if (slot != null && slot.qos == 1 && !slot.isSafe() && slot.is(packetId, hash)) {
                return slot;
            }
        }
        return null;
    }

    private void grow() {
        var wider = new @Nullable Slot[waiting.length * 2];
        for (long sequence = head; sequence != tail; sequence++) {
            wider[(int) sequence & (wider.length - 1)] = waiting[index(sequence)];
        }
        waiting = wider;
    }

    private Slot at(long sequence) {
        var slot = sequence < head || sequence >= tail ? null : waiting[index(sequence)];
        if (slot == null || slot.isSafe()) {
            throw new IllegalStateException("message %d: expected one from %d to %d that waits, was settled too often"
                    .formatted(sequence, head, tail - 1));
        }
        return slot;
    }

    private int index(long sequence) {
        return (int) sequence & (waiting.length - 1);
    }
}
