package io.sluice.node.mqtt;

import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import org.jspecify.annotations.Nullable;

/// The messages of one session between receipt and acknowledgement. Pure: no clock, no I/O, one thread.
///
/// A message enters in order of receipt, waits until every integration that took it has it safe, and leaves in order of
/// receipt. Leaving acknowledges it: PUBACK for QoS 1, PUBREC for QoS 2, nothing for QoS 0.
///
/// A QoS 2 packet id stays received until its PUBREL: the same PUBLISH again is not a new message. The same holds for a
/// QoS 1 PUBLISH that is sent again (DUP) while its first copy waits, or after its first copy left while no connection
/// was there to be told. The same means the same packet id and the same content: a client that lost its state and uses
/// a packet id for something else loses nothing.
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

    /// Stands for the integrations while their number is not known, so that a message cannot leave before it is.
    private static final int OFFERED = 1 << 30;

    private final int rememberedMax;
    private @Nullable Slot[] ring = new @Nullable Slot[SMALLEST];
    private long head;
    private long tail;
    private int unacknowledged;
    private int outstanding;
    private long bytes;
    private final IntObjectMap<Slot> received = new IntObjectHashMap<>(4);
    private final IntObjectMap<Slot> untold = new IntObjectHashMap<>(4);

    private static final class Slot {
        final int qos;
        final int packetId;
        final long hash;
        final int weight;
        final long nanos;
        Reason reason = Reason.SUCCESS;
        boolean attached = true;
        boolean left;
        int waiting;

        Slot(int qos, int packetId, long hash, int weight, long nanos) {
            this.qos = qos;
            this.packetId = packetId;
            this.hash = hash;
            this.weight = weight;
            this.nanos = nanos;
        }

        boolean isTheSame(@Nullable Slot other) {
            return other != null && other.hash == hash;
        }
    }

    /// @param rememberedMax QoS 1 messages remembered that became safe while no connection was there
    AckWindow(int rememberedMax) {
        this.rememberedMax = rememberedMax;
    }

    /// A new message. It waits until [#expect] said for how much and [#safe] came as often.
    ///
    /// @return its sequence: one more than that of the message before
    long enter(int qos, int packetId, long hash, int weight, long nanos) {
        var slot = new Slot(qos, packetId, hash, weight, nanos);
        slot.waiting = OFFERED;
        switch (qos) {
            case 0 -> {}
            case 1 -> {
                outstanding++;
                if (!untold.isEmpty()) {
                    untold.remove(packetId);
                }
            }
            default -> {
                outstanding++;
                received.put(packetId, slot);
            }
        }
        return add(slot);
    }

    /// So many integrations took the message; 0: none wanted it.
    void expect(long sequence, int integrations) {
        var slot = at(sequence);
        slot.waiting += integrations - OFFERED;
        if (integrations == 0) {
            slot.reason = Reason.NO_ROUTE;
        }
    }

    /// The message can never be taken: it is answered in its turn, with the reason.
    void refuse(long sequence, Reason reason) {
        var slot = at(sequence);
        slot.waiting = 0;
        slot.reason = reason;
    }

    /// One integration has the message safe.
    void safe(long sequence) {
        at(sequence).waiting--;
    }

    /// Whether a PUBLISH is one that was received before. Then it must not be handed on: its acknowledgement comes when
    /// the first copy's does, or by the next [#settle].
    boolean repeats(int qos, int packetId, boolean duplicate, long hash, long nanos) {
        var first = switch (qos) {
            case 0 -> null;
            case 1 -> duplicate ? firstOf(packetId, hash) : null;
            default -> received.get(packetId);
        };
        if (first == null || first.hash != hash) {
            return false;
        }
        if (!first.left || qos == 2) {
            outstanding += first.attached ? 0 : 1;
            first.attached = true;
        } else {
            outstanding++;
            untold.remove(packetId);
        }
        if (first.left) {
            var answer = new Slot(qos, packetId, hash, 0, nanos);
            answer.reason = first.reason;
            add(answer);
        }
        return true;
    }

    /// PUBREL: the packet id is free again.
    ///
    /// @return whether it was received and acknowledged by a PUBREC
    boolean release(int packetId) {
        var slot = received.get(packetId);
        if (slot == null || !slot.left) {
            return false;
        }
        received.remove(packetId);
        outstanding -= slot.attached ? 1 : 0;
        return true;
    }

    /// Lets leave what is safe, up to the first message that is not.
    void settle(Acks acks) {
        while (head != tail) {
            var slot = at(head);
            if (slot.waiting != 0) {
                return;
            }
            ring[index(head++)] = null;
            leave(slot, acks);
        }
    }

    /// The connection ended.
    void detach() {
        outstanding = 0;
        for (long sequence = head; sequence != tail; sequence++) {
            at(sequence).attached = false;
        }
        received.values().forEach(slot -> slot.attached = false);
        if (isEmpty() && ring.length > SMALLEST) {
            ring = new @Nullable Slot[SMALLEST];
        }
    }

    /// Messages of QoS 1 and 2 that entered and did not leave.
    int unacknowledged() {
        return unacknowledged;
    }

    /// What the client counts against the receive maximum on this connection (MQTT 5 section 4.9).
    int outstanding() {
        return outstanding;
    }

    /// Weight of the messages that entered and did not leave.
    long bytes() {
        return bytes;
    }

    boolean isEmpty() {
        return head == tail;
    }

    private void leave(Slot slot, Acks acks) {
        slot.left = true;
        bytes -= slot.weight;
        if (slot.qos == 0) {
            return;
        }
        unacknowledged--;
        if (!slot.attached) {
            if (slot.qos == 1 && untold.size() < rememberedMax) {
                untold.put(slot.packetId, slot);
            }
            return;
        }
        if (slot.qos == 1 || slot.reason.isFailure()) {
            outstanding--;
        }
        if (slot.qos == 2 && slot.reason.isFailure() && slot.isTheSame(received.get(slot.packetId))) {
            received.remove(slot.packetId);
        }
        acks.acknowledge(slot.qos, slot.packetId, slot.reason, slot.nanos);
    }

    private @Nullable Slot firstOf(int packetId, long hash) {
        var first = untold.get(packetId);
        if (first != null && first.hash == hash) {
            return first;
        }
        for (long sequence = head; sequence != tail; sequence++) {
            var slot = at(sequence);
            if (slot.qos == 1 && slot.packetId == packetId && slot.hash == hash) {
                return slot;
            }
        }
        return null;
    }

    private long add(Slot slot) {
        if (tail - head == ring.length) {
            grow();
        }
        ring[index(tail)] = slot;
        bytes += slot.weight;
        unacknowledged += slot.qos == 0 ? 0 : 1;
        return tail++;
    }

    private void grow() {
        var wider = new @Nullable Slot[ring.length * 2];
        for (long sequence = head; sequence != tail; sequence++) {
            wider[(int) sequence & (wider.length - 1)] = ring[index(sequence)];
        }
        ring = wider;
    }

    private Slot at(long sequence) {
        var slot = sequence < head || sequence >= tail ? null : ring[index(sequence)];
        if (slot == null) {
            throw new IllegalStateException("message %d: expected one from %d to %d, was settled too often"
                    .formatted(sequence, head, tail - 1));
        }
        return slot;
    }

    private int index(long sequence) {
        return (int) sequence & (ring.length - 1);
    }
}
