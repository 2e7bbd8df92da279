package io.sluice.node.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AckWindowTest {
    private final AckWindow window = new AckWindow(100);
    private final List<String> told = new ArrayList<>();

    @Test
    void acknowledgesInOrderOfReceiptWhateverBecomesSafeFirst() {
        var first = enter(1, 11);
        var second = enter(2, 12);
        var third = enter(1, 13);
        expect(1, first, second, third);

        window.safe(third);
        window.safe(second);
        settle();
        assertThat(told).isEmpty();

        window.safe(first);
        settle();
        assertThat(told).containsExactly("puback 11", "pubrec 12", "puback 13");
    }

    @Test
    void waitsForEveryIntegration() {
        var sequence = enter(1, 1);
        expect(3, sequence);

        window.safe(sequence);
        window.safe(sequence);
        settle();
        assertThat(told).isEmpty();

        window.safe(sequence);
        settle();
        assertThat(told).containsExactly("puback 1");
    }

    @Test
    void waitsUntilTheNumberOfIntegrationsIsKnown() {
        var sequence = enter(1, 1);

        window.safe(sequence);
        settle();
        assertThat(told).isEmpty();

        window.expect(sequence, 1);
        settle();
        assertThat(told).containsExactly("puback 1");
    }

    @Test
    void answersWhatNobodyWantsAndWhatIsNotPermittedInItsTurn() {
        var first = enter(1, 1);
        var unwanted = enter(1, 2);
        var forbidden = enter(2, 3);
        expect(1, first);
        window.expect(unwanted, 0);
        window.refuse(forbidden, Reason.NOT_AUTHORIZED);
        settle();
        assertThat(told).isEmpty();

        window.safe(first);
        settle();

        assertThat(told).containsExactly("puback 1", "puback 2 no-route", "pubrec 3 not-authorized");
        assertThat(window.release(3)).as("a refused packet id is free").isFalse();
    }

    @Test
    void takesQos2OnceUntilItIsReleased() {
        var sequence = enter(2, 5);
        expect(1, sequence);

        assertThat(repeats(2, 5, true)).as("while it waits").isTrue();
        window.safe(sequence);
        settle();
        assertThat(told).containsExactly("pubrec 5");

        assertThat(repeats(2, 5, true)).as("after its PUBREC").isTrue();
        settle();
        assertThat(told).containsExactly("pubrec 5", "pubrec 5");

        assertThat(window.release(5)).isTrue();
        assertThat(repeats(2, 5, false)).as("after its PUBREL").isFalse();
    }

    @Test
    void takesOtherContentUnderAPacketIdThatWasNotReleased() {
        expect(0, enter(2, 5));
        settle();

        assertThat(window.repeats(2, 5, false, 999)).isFalse();
    }

    @Test
    void knowsAMessageAgainThatWaitedWhileTheClientWasAway() {
        var sequence = enter(1, 7);
        expect(1, sequence);
        window.detach();

        assertThat(repeats(1, 7, true)).isTrue();
        settle();
        assertThat(told).isEmpty();

        window.safe(sequence);
        settle();
        assertThat(told).containsExactly("puback 7");
    }

    @Test
    void knowsAMessageAgainThatBecameSafeWhileTheClientWasAway() {
        var sequence = enter(1, 7);
        expect(1, sequence);
        window.detach();
        window.safe(sequence);
        settle();
        assertThat(told).as("the client has not sent it again").isEmpty();

        assertThat(repeats(1, 7, true)).isTrue();
        settle();

        assertThat(told).containsExactly("puback 7");
        assertThat(repeats(1, 7, true)).as("a repeat is known once").isFalse();
    }

    @Test
    void doesNotTakeANewMessageForTheOneThatHadItsPacketId() {
        var sequence = enter(1, 7);
        expect(1, sequence);
        window.detach();

        assertThat(window.repeats(1, 7, true, 999)).as("other content").isFalse();
        assertThat(repeats(1, 7, false)).as("not sent again").isFalse();

        var next = window.enter(1, 7, 999, 0, 0);
        expect(1, next);
        window.safe(sequence);
        settle();
        assertThat(told).as("the old message must not acknowledge the new one").isEmpty();
    }

    @Test
    void acknowledgesInTheOrderOfTheConnectionThatSentThemAgain() {
        var left = enter(1, 1);
        var waits = enter(1, 2);
        expect(1, left, waits);
        window.detach();
        window.safe(left);

        assertThat(repeats(1, 1, true)).isTrue();
        assertThat(repeats(1, 2, true)).isTrue();
        var fresh = enter(1, 3);
        expect(1, fresh);
        window.safe(fresh);
        settle();
        assertThat(told).containsExactly("puback 1");

        window.safe(waits);
        settle();
        assertThat(told).containsExactly("puback 1", "puback 2", "puback 3");
    }

    @Test
    void countsWhatIsHeld() {
        var qos0 = window.enter(0, 0, 0, 100, 0);
        var qos1 = window.enter(1, 1, 1, 200, 0);
        expect(1, qos0, qos1);
        assertThat(window.bytes()).isEqualTo(300);
        assertThat(window.unacknowledged()).isEqualTo(1);

        window.safe(qos0);
        window.safe(qos1);
        settle();

        assertThat(window.bytes()).isZero();
        assertThat(window.unacknowledged()).isZero();
        assertThat(window.isEmpty()).isTrue();
    }

    @Test
    void isNotSettledTooOften() {
        var sequence = enter(1, 1);
        expect(1, sequence);
        window.safe(sequence);

        assertThatThrownBy(() -> window.safe(sequence)).hasMessageContaining("settled too often");
    }

    private long enter(int qos, int packetId) {
        return window.enter(qos, packetId, packetId, 0, 0);
    }

    private void expect(int integrations, long... sequences) {
        for (var sequence : sequences) {
            window.expect(sequence, integrations);
        }
    }

    private boolean repeats(int qos, int packetId, boolean duplicate) {
        return window.repeats(qos, packetId, duplicate, packetId);
    }

    private void settle() {
        window.settle((qos, packetId, reason, _) -> told.add((qos == 1 ? "puback " : "pubrec ")
                + packetId
                + (reason == Reason.SUCCESS ? "" : " " + reason.label())));
    }
}
