package io.sluice.bench;

import io.sluice.bench.Ledger.Fault;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// The one checker: what the publishers know against what the reader saw. Pure.
///
/// @param published    messages the fleet published
/// @param acknowledged of them, acknowledged with a reason below 0x80
/// @param inKafka      of them, read back at least once
/// @param repeats      records beyond the first of their message
/// @param window       messages under way when faults struck, summed over the faults
/// @param counts       how often each defect was found; those not found are absent
/// @param examples     the first few of each defect, in words
public record Verdict(
        long published,
        long acknowledged,
        long inKafka,
        long repeats,
        long window,
        Map<Defect, Integer> counts,
        List<String> examples) {

    /// What records must carry. In the patterns `{run}` and `{device}` stand for the run and the device.
    ///
    /// @param key     pattern of the record key; empty: any, but always the same for a device
    /// @param subject pattern of `ce_subject`, judged where the header is present; empty: as the key
    /// @param wanted  whether somebody wants every message; else one acknowledged as wanted by nobody may be absent
    public record Expected(Plan plan, String key, String subject, boolean wanted) {
        public Expected(Plan plan, String key, String subject) {
            this(plan, key, subject, true);
        }

        public static Expected of(Plan plan) {
            return new Expected(plan, plan.clientId(), plan.clientId());
        }
    }

    public Verdict {
        counts = Map.copyOf(counts);
        examples = List.copyOf(examples);
    }

    public static Verdict of(Ledger ledger, Seen seen, Expected expected) {
        return new Check(ledger, seen, expected).run();
    }

    public boolean passed() {
        return counts.isEmpty();
    }

    public int count(Defect defect) {
        return counts.getOrDefault(defect, 0);
    }

    /// Acknowledged messages that are not in Kafka.
    public int lost() {
        return count(Defect.LOST);
    }

    public int outOfOrder() {
        return count(Defect.OUT_OF_ORDER) + count(Defect.HOLE);
    }

    /// `pass`, or what was found with counts, worst first.
    public String summary() {
        return passed()
                ? "pass"
                : Arrays.stream(Defect.values())
                        .filter(counts::containsKey)
                        .map(defect -> counts.get(defect) + " " + defect)
                        .collect(Collectors.joining(", "));
    }

    /// The same with findings made elsewhere added.
    Verdict with(Defect defect, int count, String example) {
        var more = new EnumMap<Defect, Integer>(Defect.class);
        more.putAll(counts);
        more.merge(defect, count, Integer::sum);
        var all = new ArrayList<>(examples);
        all.add(example);
        return new Verdict(published, acknowledged, inKafka, repeats, window, more, all);
    }

    /// The same with one kind of finding forgiven.
    Verdict without(Defect defect) {
        var fewer = new EnumMap<Defect, Integer>(Defect.class);
        fewer.putAll(counts);
        fewer.remove(defect);
        var others = examples.stream()
                .filter(example -> !example.startsWith(defect.toString()))
                .toList();
        return new Verdict(published, acknowledged, inKafka, repeats, window, fewer, others);
    }

    /// One walk over all devices.
    private static final class Check {
        private static final int EXAMPLES_PER_DEFECT = 3;

        private final Ledger ledger;
        private final Seen seen;
        private final Expected expected;
        private final List<Fault> faults;
        private final Map<Defect, Integer> counts = new EnumMap<>(Defect.class);
        private final List<String> examples = new ArrayList<>();
        private final List<long[]> ids = new ArrayList<>();
        private long inKafka;
        private long repeats;

        Check(Ledger ledger, Seen seen, Expected expected) {
            this.ledger = ledger;
            this.seen = seen;
            this.expected = expected;
            this.faults = ledger.faults();
        }

        Verdict run() {
            for (var device = 0; device < ledger.devices(); device++) {
                var copies = walkRecords(device, seen.track(device));
                walkMessages(device, copies);
            }
            sharedIds();
            for (var i = 0L; i < ledger.unasked(); i++) {
                found(Defect.ACK_UNASKED, "seen by the fleet");
            }
            seen.corrupt().forEach(record -> found(Defect.CORRUPT, place(record) + ": " + record.found()));
            seen.strangers().forEach(record -> found(Defect.INVENTED, place(record) + ": " + record.found()));
            var window = faults.stream()
                    .mapToLong(fault -> ledger.unacknowledgedAt(fault.from()))
                    .sum();
            return new Verdict(ledger.published(), ledger.acknowledged(), inKafka, repeats, window, counts, examples);
        }

        /// Along the offsets.
        ///
        /// @return how many records each message has
        private int[] walkRecords(int device, Seen.Track track) {
            var copies = new int[ledger.published(device)];
            var firstIds = new long[copies.length];
            var highest = -1;
            var epoch = -1L;
            for (var i = 0; i < track.size(); i++) {
                var sequence = track.sequence(i);
                if (sequence >= copies.length) {
                    found(Defect.INVENTED, name(device, sequence) + " at " + place(track, i));
                    continue;
                }
                checkRecord(device, track, i);
                if (track.epoch(i) < epoch) {
                    found(
                            Defect.EPOCH_FELL,
                            "%s at %s: expected epoch %d or more, was %d"
                                    .formatted(name(device, sequence), place(track, i), epoch, track.epoch(i)));
                }
                epoch = Math.max(epoch, track.epoch(i));
                if (copies[sequence]++ > 0) {
                    repeats++;
                    if (track.id(i) != firstIds[sequence]) {
                        found(Defect.REPEAT_OTHER_ID, name(device, sequence) + " at " + place(track, i));
                    }
                    continue;
                }
                firstIds[sequence] = track.id(i);
                if (sequence < highest) {
                    found(
                            Defect.OUT_OF_ORDER,
                            "%s at %s: behind %d".formatted(name(device, sequence), place(track, i), highest));
                }
                highest = Math.max(highest, sequence);
            }
            ids.add(firstIds);
            return copies;
        }

        private void checkRecord(int device, Seen.Track track, int i) {
            if (i > 0 && track.partition(i) != track.partition(i - 1)) {
                found(
                        Defect.TWO_PARTITIONS,
                        "device %d at %s and %s".formatted(device, place(track, i - 1), place(track, i)));
            }
            var key = expected.key().isEmpty() ? track.key(0) : expected.plan().fill(expected.key(), device);
            if (!track.key(i).equals(key)) {
                found(
                        Defect.WRONG_KEY,
                        "device %d at %s: expected %s, was %s".formatted(device, place(track, i), key, track.key(i)));
            }
            var subject = expected.subject().isEmpty() ? key : expected.plan().fill(expected.subject(), device);
            if (!track.subject(i).isEmpty() && !track.subject(i).equals(subject)) {
                found(
                        Defect.WRONG_SUBJECT,
                        "device %d at %s: expected %s, was %s"
                                .formatted(device, place(track, i), subject, track.subject(i)));
            }
        }

        /// Along the device's own numbers.
        private void walkMessages(int device, int[] copies) {
            var highestAcknowledged = highestAcknowledged(device, copies.length);
            var lastAt = Long.MIN_VALUE;
            for (var sequence = 0; sequence < copies.length; sequence++) {
                if (ledger.refused(device, sequence)) {
                    found(Defect.REFUSED, name(device, sequence));
                    continue;
                }
                if (copies[sequence] == 0 && mustBeThere(device, sequence)) {
                    found(Defect.LOST, name(device, sequence));
                } else if (copies[sequence] == 0
                        && !ledger.acknowledged(device, sequence)
                        && sequence < highestAcknowledged) {
                    found(Defect.HOLE, name(device, sequence) + ": " + highestAcknowledged + " is acknowledged");
                }
                inKafka += copies[sequence] > 0 ? 1 : 0;
                var surplus = copies[sequence] - 1 - excused(device, sequence);
                if (surplus > 0) {
                    found(Defect.REPEAT, name(device, sequence) + ": " + copies[sequence] + " copies");
                }
                var at = ledger.acknowledgedAt(device, sequence);
                if (at < lastAt) {
                    found(Defect.ACK_OUT_OF_ORDER, name(device, sequence) + " before " + (sequence - 1));
                }
                lastAt = at;
            }
        }

        private boolean mustBeThere(int device, int sequence) {
            return ledger.acknowledged(device, sequence) && (expected.wanted() || !ledger.unmatched(device, sequence));
        }

        private int highestAcknowledged(int device, int published) {
            var sequence = published - 1;
            while (sequence >= 0 && !ledger.acknowledged(device, sequence)) {
                sequence--;
            }
            return sequence;
        }

        /// How many faults the message was under way in: each explains one more copy.
        private int excused(int device, int sequence) {
            var count = 0;
            for (var fault : faults) {
                var underWay = ledger.publishedAt(device, sequence) <= fault.until()
                        && ledger.acknowledgedAt(device, sequence) > fault.from();
                count += underWay ? 1 : 0;
            }
            return count;
        }

        private void sharedIds() {
            var all = ids.stream()
                    .flatMapToLong(Arrays::stream)
                    .filter(id -> id != 0)
                    .toArray();
            Arrays.parallelSort(all);
            for (var i = 1; i < all.length; i++) {
                if (all[i] == all[i - 1]) {
                    found(Defect.ID_SHARED, "ce_id with hash %016x".formatted(all[i]));
                }
            }
        }

        private void found(Defect defect, String example) {
            if (counts.merge(defect, 1, Integer::sum) <= EXAMPLES_PER_DEFECT) {
                examples.add(defect + ": " + example);
            }
        }

        private static String name(int device, int sequence) {
            return "message %d of device %d".formatted(sequence, device);
        }

        private static String place(Seen.Track track, int i) {
            return "partition %d offset %d".formatted(track.partition(i), track.offset(i));
        }

        private static String place(Sighting record) {
            return "partition %d offset %d".formatted(record.partition(), record.offset());
        }
    }
}
