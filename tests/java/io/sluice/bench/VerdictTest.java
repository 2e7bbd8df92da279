package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The checker proves its eyes: a clean history passes, and each planted defect is found, and nothing else is.
class VerdictTest {
    private static final int DEVICES = 3;
    private static final int MESSAGES = 20;
    private static final Plan PLAN =
            Plan.of("run", InetSocketAddress.createUnresolved("nowhere", 1)).devices(DEVICES);

    private final Ledger ledger = new Ledger(DEVICES);
    private final List<Sighting> topic = new ArrayList<>();

    /// Message n of each device is published at 1000 n + 1, acknowledged at 1000 n + 1500, and stands at offset n
    /// of the device's own partition.
    @BeforeEach
    void aCleanHistory() {
        for (var device = 0; device < DEVICES; device++) {
            for (var n = 0; n < MESSAGES; n++) {
                ledger.published(device, at(n), at(n));
                ledger.acknowledged(device, n, 0, at(n) + 1_500);
                topic.add(sighting(device, n, n));
            }
        }
    }

    private static long at(int n) {
        return 1_000L * n + 1;
    }

    private static Sighting sighting(int device, int n, long offset) {
        var client = "fleet-run-" + device;
        return new Sighting(
                device,
                offset,
                at(n) + 2_000,
                new Payload.Message(device, n, at(n)),
                client,
                client + "#" + n,
                client,
                4);
    }

    private Verdict verdict() {
        var seen = new Seen(DEVICES);
        topic.forEach(seen::add);
        return Verdict.of(ledger, seen, Verdict.Expected.of(PLAN));
    }

    private static int index(int device, int n) {
        return device * MESSAGES + n;
    }

    private void change(int device, int n, UnaryOperator<Sighting> change) {
        topic.set(index(device, n), change.apply(topic.get(index(device, n))));
    }

    private void repeatAtTheEnd(int device, int n) {
        topic.add(sighting(device, n, MESSAGES));
    }

    private void expectOnly(Defect... defects) {
        assertThat(verdict().counts()).containsOnlyKeys(defects);
    }

    @Test
    void passesACleanHistory() {
        var verdict = verdict();

        assertThat(verdict.passed()).isTrue();
        assertThat(verdict.published()).isEqualTo(60);
        assertThat(verdict.acknowledged()).isEqualTo(60);
        assertThat(verdict.inKafka()).isEqualTo(60);
        assertThat(verdict.repeats()).isZero();
    }

    @Test
    void passesRecordsWithoutOurHeaders() {
        topic.replaceAll(s -> new Sighting(s.partition(), s.offset(), s.seenAt(), s.found(), s.key(), "", "", -1));

        assertThat(verdict().passed()).isTrue();
    }

    @Test
    void passesARepeatOfWhatWasUnderWayAtAFault() {
        ledger.fault(new Ledger.Fault("kill", at(10) + 200, at(10) + 300));
        repeatAtTheEnd(1, 9);
        repeatAtTheEnd(1, 10);

        var verdict = verdict();

        assertThat(verdict.passed()).isTrue();
        assertThat(verdict.repeats()).isEqualTo(2);
        assertThat(verdict.window()).isEqualTo(2 * DEVICES);
    }

    @Test
    void passesAMessageThatNeverArrivedAndWasNeverAcknowledged() {
        ledger.published(0, at(20), at(20));

        assertThat(verdict().passed()).isTrue();
    }

    @Test
    void findsALostMessage() {
        topic.remove(index(1, 7));

        expectOnly(Defect.LOST);
        assertThat(verdict().lost()).isEqualTo(1);
        assertThat(verdict().examples()).containsExactly("acknowledged but not in Kafka: message 7 of device 1");
    }

    @Test
    void findsALostMessageThatWasAcknowledgedAsWantedByNobody() {
        ledger.published(0, at(20), at(20));
        ledger.acknowledged(0, 20, 0x10, at(21));

        expectOnly(Defect.LOST);
    }

    @Test
    void passesAMessageWantedByNobodyWhereThatMayBe() {
        ledger.published(0, at(20), at(20));
        ledger.acknowledged(0, 20, 0x10, at(21));
        var seen = new Seen(DEVICES);
        topic.forEach(seen::add);

        var judged = Verdict.of(ledger, seen, new Verdict.Expected(PLAN, PLAN.clientId(), "", false));
        topic.remove(index(1, 7));
        var lacking = new Seen(DEVICES);
        topic.forEach(lacking::add);

        assertThat(judged.passed()).isTrue();
        assertThat(Verdict.of(ledger, lacking, new Verdict.Expected(PLAN, PLAN.clientId(), "", false))
                        .counts())
                .containsOnlyKeys(Defect.LOST);
    }

    @Test
    void findsALostTail() {
        topic.removeIf(s -> s.partition() == 2 && s.offset() >= 15);

        expectOnly(Defect.LOST);
        assertThat(verdict().lost()).isEqualTo(5);
    }

    @Test
    void findsSwappedNeighbours() {
        var earlier = topic.get(index(0, 4));
        topic.set(index(0, 4), topic.get(index(0, 5)));
        topic.set(index(0, 5), earlier);

        expectOnly(Defect.OUT_OF_ORDER);
    }

    @Test
    void findsAResendThatCameAfterItsSuccessors() {
        var late = topic.remove(index(1, 3));
        topic.add(late);

        expectOnly(Defect.OUT_OF_ORDER);
    }

    @Test
    void findsAHoleAndTheAcknowledgementThatSkippedIt() {
        ledger.published(0, at(20), at(20));
        ledger.published(0, at(21), at(21));
        ledger.acknowledged(0, 21, 0, at(22));
        topic.add(sighting(0, 21, 21));

        expectOnly(Defect.HOLE, Defect.ACK_OUT_OF_ORDER);
    }

    @Test
    void findsAcknowledgementsInTheWrongOrder() {
        ledger.acknowledged(2, 6, 0, at(9));

        expectOnly(Defect.ACK_OUT_OF_ORDER);
    }

    @Test
    void findsAnAcknowledgementThatNothingWaitedFor() {
        ledger.unaskedAcknowledgement();

        expectOnly(Defect.ACK_UNASKED);
    }

    @Test
    void findsADeviceInTwoPartitions() {
        change(1, 19, s -> new Sighting(2, 50, s.seenAt(), s.found(), s.key(), s.id(), s.subject(), s.epoch()));

        expectOnly(Defect.TWO_PARTITIONS);
    }

    @Test
    void findsARepeatWithoutAFault() {
        repeatAtTheEnd(0, 19);

        expectOnly(Defect.REPEAT);
    }

    @Test
    void findsARepeatOfWhatWasAcknowledgedBeforeTheFault() {
        ledger.fault(new Ledger.Fault("kill", at(10) + 200, at(10) + 300));
        repeatAtTheEnd(0, 8);

        expectOnly(Defect.REPEAT);
    }

    @Test
    void findsARepeatOfWhatWasPublishedAfterTheFault() {
        ledger.fault(new Ledger.Fault("kill", at(10) + 200, at(10) + 300));
        repeatAtTheEnd(0, 11);

        expectOnly(Defect.REPEAT);
    }

    @Test
    void findsMoreCopiesThanFaults() {
        ledger.fault(new Ledger.Fault("kill", at(10) + 200, at(10) + 300));
        repeatAtTheEnd(0, 10);
        repeatAtTheEnd(0, 10);

        expectOnly(Defect.REPEAT);
    }

    @Test
    void findsARepeatUnderAnotherId() {
        ledger.fault(new Ledger.Fault("kill", at(10) + 200, at(10) + 300));
        var copy = sighting(0, 10, 30);
        topic.add(new Sighting(0, 30, copy.seenAt(), copy.found(), copy.key(), "another", copy.subject(), 4));

        expectOnly(Defect.REPEAT_OTHER_ID);
    }

    @Test
    void findsTwoMessagesUnderOneId() {
        change(
                1,
                6,
                s -> new Sighting(
                        s.partition(),
                        s.offset(),
                        s.seenAt(),
                        s.found(),
                        s.key(),
                        "fleet-run-0#6",
                        s.subject(),
                        s.epoch()));

        expectOnly(Defect.ID_SHARED);
    }

    @Test
    void findsADamagedPayload() {
        var eye = new Payload.Eye("run");
        var writer = new Payload.Writer("run", 100);
        var bytes = Arrays.copyOf(writer.bytes(), writer.write(0, 19, at(19)));
        bytes[50]++;
        ledger.published(0, at(20), at(20));
        topic.add(new Sighting(0, 20, at(21), eye.find(bytes), "fleet-run-0", "", "", -1));

        expectOnly(Defect.CORRUPT);
    }

    @Test
    void findsWhatNobodyPublished() {
        topic.add(sighting(0, 20, 20));
        topic.add(sighting(DEVICES, 0, 0));

        expectOnly(Defect.INVENTED);
        assertThat(verdict().count(Defect.INVENTED)).isEqualTo(2);
    }

    @Test
    void findsAWrongKey() {
        change(
                0,
                3,
                s -> new Sighting(
                        s.partition(),
                        s.offset(),
                        s.seenAt(),
                        s.found(),
                        "fleet-run-1",
                        s.id(),
                        s.subject(),
                        s.epoch()));

        expectOnly(Defect.WRONG_KEY);
    }

    @Test
    void findsAWrongSubject() {
        change(
                0,
                3,
                s -> new Sighting(
                        s.partition(), s.offset(), s.seenAt(), s.found(), s.key(), s.id(), "fleet-run-1", s.epoch()));

        expectOnly(Defect.WRONG_SUBJECT);
    }

    @Test
    void findsAnOwnerOfThePast() {
        change(
                2,
                11,
                s -> new Sighting(s.partition(), s.offset(), s.seenAt(), s.found(), s.key(), s.id(), s.subject(), 3));

        expectOnly(Defect.EPOCH_FELL);
    }

    @Test
    void findsARefusal() {
        ledger.published(0, at(20), at(20));
        ledger.acknowledged(0, 20, 0x97, at(21));

        expectOnly(Defect.REFUSED);
    }

    @Test
    void namesWhatItFoundWorstFirst() {
        topic.remove(index(1, 7));
        repeatAtTheEnd(0, 19);

        assertThat(verdict().summary()).isEqualTo("1 acknowledged but not in Kafka, 1 repeated without cause");
    }
}
