package io.sluice.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/// What the publishers know: for every device what was published, when, and when it was acknowledged; and when faults
/// were injected.
///
/// Instants are microseconds as in [Micros]. Each device's rows are written by one thread; read them after the fleet is
/// closed. The counters may be read at any time.
public final class Ledger {
    /// Instant of what has not happened.
    public static final long NEVER = Long.MAX_VALUE;

    private static final int FAILURE = 0x80;
    private static final int NO_SUBSCRIBERS = 0x10;

    /// A disturbance, from just before it was injected until it was over.
    public record Fault(String kind, long from, long until) {}

    private final Rows[] rows;
    private final List<Fault> faults = new ArrayList<>();
    private final LongAdder published = new LongAdder();
    private final LongAdder acknowledged = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder unmatched = new LongAdder();
    private final LongAdder unasked = new LongAdder();

    public Ledger(int devices) {
        rows = new Rows[devices];
        Arrays.setAll(rows, _ -> new Rows());
    }

    /// Notes a message's first sending. Its number is the count of messages noted for the device before.
    public void published(int device, long due, long at) {
        rows[device].add(due, at);
        published.increment();
    }

    /// Notes a PUBACK or PUBREC. A reason of 0x80 or more is a refusal: the message has ended, but not well.
    public void acknowledged(int device, int sequence, int reason, long at) {
        if (reason >= FAILURE) {
            rows[device].ended[sequence] = -reason;
            refused.increment();
            return;
        }
        rows[device].ended[sequence] = at;
        acknowledged.increment();
        if (reason == NO_SUBSCRIBERS) {
            unmatched.increment();
            rows[device].unmatched.set(sequence);
        }
    }

    /// Notes an acknowledgement that no message waits for: a second one, a late one, or one of the wrong kind.
    void unaskedAcknowledgement() {
        unasked.increment();
    }

    public synchronized void fault(Fault fault) {
        faults.add(fault);
    }

    /// Notes a disturbance that lasts as long as the given action.
    public void fault(String kind, Runnable disturbance) {
        var from = Micros.now();
        disturbance.run();
        fault(new Fault(kind, from, Micros.now()));
    }

    public synchronized List<Fault> faults() {
        return List.copyOf(faults);
    }

    public int devices() {
        return rows.length;
    }

    public int published(int device) {
        return rows[device].size;
    }

    public long dueAt(int device, int sequence) {
        return rows[device].due[sequence];
    }

    public long publishedAt(int device, int sequence) {
        return rows[device].sent[sequence];
    }

    /// [#NEVER] if it was not, or was refused.
    public long acknowledgedAt(int device, int sequence) {
        var ended = rows[device].ended[sequence];
        return ended > 0 ? ended : NEVER;
    }

    public boolean acknowledged(int device, int sequence) {
        return rows[device].ended[sequence] > 0;
    }

    /// Acknowledged, with word that nobody wants it.
    boolean unmatched(int device, int sequence) {
        return rows[device].unmatched.get(sequence);
    }

    public boolean refused(int device, int sequence) {
        return rows[device].ended[sequence] < 0;
    }

    public long published() {
        return published.sum();
    }

    public long acknowledged() {
        return acknowledged.sum();
    }

    public long refused() {
        return refused.sum();
    }

    /// Acknowledged with reason 0x10: the server says that nobody wants the topic.
    public long unmatched() {
        return unmatched.sum();
    }

    /// Acknowledgements that no message waited for.
    public long unasked() {
        return unasked.sum();
    }

    /// Messages that were under way at an instant: published by then, not acknowledged by then.
    public long unacknowledgedAt(long instant) {
        var count = 0L;
        for (var row : rows) {
            for (var i = 0; i < row.size; i++) {
                var ended = row.ended[i];
                if (row.sent[i] <= instant && (ended == 0 || ended > instant)) {
                    count++;
                }
            }
        }
        return count;
    }

    /// One device's messages in columns. `ended`: 0 open, positive the instant of the acknowledgement, negative the
    /// reason of a refusal.
    private static final class Rows {
        private long[] due = new long[64];
        private long[] sent = new long[64];
        private long[] ended = new long[64];
        private final BitSet unmatched = new BitSet();
        private int size;

        void add(long dueAt, long sentAt) {
            if (size == due.length) {
                due = Arrays.copyOf(due, 2 * size);
                sent = Arrays.copyOf(sent, 2 * size);
                ended = Arrays.copyOf(ended, 2 * size);
            }
            due[size] = dueAt;
            sent[size] = sentAt;
            size++;
        }
    }
}
