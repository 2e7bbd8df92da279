package io.sluice.bench;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/// What was read back: for every device its records in the order of their offsets.
///
/// Written by one thread; read it after that thread has ended. The counters may be read at any time.
public final class Seen {
    private static final int CORRUPT_MAX = 100;

    private final Track[] tracks;
    private final List<Sighting> corrupt = new ArrayList<>();
    private final List<Sighting> strangers = new ArrayList<>();
    private final LongAdder records = new LongAdder();
    private final LongAdder distinct = new LongAdder();
    private final LongAdder foreign = new LongAdder();
    private long lastAt;

    public Seen(int devices) {
        tracks = new Track[devices];
        Arrays.setAll(tracks, _ -> new Track());
    }

    /// Takes the records of a partition in the order of their offsets.
    void add(Sighting sighting) {
        switch (sighting.found()) {
            case Payload.Message message -> add(sighting, message);
            case Payload.Corrupt _ -> keep(corrupt, sighting);
            case Payload.Foreign _ -> addForeign();
        }
    }

    void addForeign() {
        foreign.increment();
    }

    private void add(Sighting sighting, Payload.Message message) {
        records.increment();
        lastAt = sighting.seenAt();
        if (message.device() >= tracks.length) {
            keep(strangers, sighting);
        } else if (tracks[message.device()].add(sighting, message)) {
            distinct.increment();
        }
    }

    private static void keep(List<Sighting> list, Sighting sighting) {
        if (list.size() < CORRUPT_MAX) {
            list.add(sighting);
        }
    }

    /// Records of the run, repeats included.
    public long records() {
        return records.sum();
    }

    /// Messages of the run, each counted once.
    public long distinct() {
        return distinct.sum();
    }

    /// Records that belong to somebody else.
    public long foreign() {
        return foreign.sum();
    }

    /// When the last record of the run was seen, 0 if none was.
    long lastAt() {
        return lastAt;
    }

    /// Records of the run whose payload is damaged; the first hundred.
    List<Sighting> corrupt() {
        return corrupt;
    }

    /// Intact records of a device that the fleet does not have; the first hundred.
    List<Sighting> strangers() {
        return strangers;
    }

    Track track(int device) {
        return tracks[device];
    }

    /// One device's records in columns. Ids are kept as 64-bit hashes, 0 for none: a million of them in 8 MB.
    static final class Track {
        private int[] sequences = new int[64];
        private int[] partitions = new int[64];
        private long[] offsets = new long[64];
        private long[] seenAt = new long[64];
        private long[] epochs = new long[64];
        private long[] ids = new long[64];
        private String[] keys = new String[64];
        private String[] subjects = new String[64];
        private final BitSet distinct = new BitSet();
        private int size;

        private boolean add(Sighting sighting, Payload.Message message) {
            if (size == sequences.length) {
                grow();
            }
            sequences[size] = message.sequence();
            partitions[size] = sighting.partition();
            offsets[size] = sighting.offset();
            seenAt[size] = sighting.seenAt();
            epochs[size] = sighting.epoch();
            ids[size] = hash(sighting.id());
            keys[size] = sameAsBefore(keys, sighting.key());
            subjects[size] = sameAsBefore(subjects, sighting.subject());
            size++;
            var first = !distinct.get(message.sequence());
            distinct.set(message.sequence());
            return first;
        }

        int size() {
            return size;
        }

        int sequence(int i) {
            return sequences[i];
        }

        int partition(int i) {
            return partitions[i];
        }

        long offset(int i) {
            return offsets[i];
        }

        long seenAt(int i) {
            return seenAt[i];
        }

        long epoch(int i) {
            return epochs[i];
        }

        /// Hash of the id, 0 if there is none.
        long id(int i) {
            return ids[i];
        }

        String key(int i) {
            return keys[i];
        }

        String subject(int i) {
            return subjects[i];
        }

        boolean has(int sequence) {
            return distinct.get(sequence);
        }

        private void grow() {
            var room = 2 * size;
            sequences = Arrays.copyOf(sequences, room);
            partitions = Arrays.copyOf(partitions, room);
            offsets = Arrays.copyOf(offsets, room);
            seenAt = Arrays.copyOf(seenAt, room);
            epochs = Arrays.copyOf(epochs, room);
            ids = Arrays.copyOf(ids, room);
            keys = Arrays.copyOf(keys, room);
            subjects = Arrays.copyOf(subjects, room);
        }

        /// A device's key hardly ever changes: keep one copy of it.
        private String sameAsBefore(String[] column, String value) {
            return size > 0 && column[size - 1].equals(value) ? column[size - 1] : value;
        }

        private static long hash(String text) {
            if (text.isEmpty()) {
                return 0;
            }
            var hash = 0xcbf29ce484222325L;
            for (var b : text.getBytes(StandardCharsets.UTF_8)) {
                hash = (hash ^ b) * 0x100000001b3L;
            }
            hash = (hash ^ hash >>> 32) * 0xd6e8feb86659fd93L;
            return hash == 0 ? 1 : hash;
        }
    }
}
