package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// What a node occupies is judged at any time, and by what is added while Kafka stands still.
class MemoryTest {
    private static final Memory.Bounds BOUNDS = new Memory.Bounds(900, 128);

    private final AtomicLong residentMib = new AtomicLong(300);
    private final Memory memory = new Memory(() -> residentMib.get() << 10);

    private void occupies(long mib) {
        residentMib.set(mib);
        memory.look();
    }

    private Verdict verdict() {
        var plan =
                Plan.of("run", InetSocketAddress.createUnresolved("nowhere", 1)).devices(1);
        return memory.judge(Verdict.of(new Ledger(1), new Seen(1), Verdict.Expected.of(plan)), BOUNDS);
    }

    @Test
    void passesANodeWithinItsBounds() {
        occupies(850);
        occupies(400);
        memory.standstillBegins();
        occupies(528);
        memory.standstillEnds();

        assertThat(verdict().passed()).isTrue();
        assertThat(memory.highestMib()).isEqualTo(850);
        assertThat(memory.grownMib()).isEqualTo(128);
    }

    @Test
    void findsANodeThatIsTooLarge() {
        occupies(901);
        occupies(300);

        assertThat(verdict().counts()).containsOnlyKeys(Defect.MEMORY);
        assertThat(verdict().examples()).containsExactly("the node: expected 900 MiB or less, was 901");
    }

    @Test
    void findsANodeThatGrowsWhileKafkaStandsStill() {
        memory.standstillBegins();
        occupies(429);
        occupies(310);
        memory.standstillEnds();

        assertThat(verdict().counts()).containsOnlyKeys(Defect.MEMORY);
        assertThat(verdict().examples())
                .containsExactly("the node while Kafka stood still: expected to grow by 128 MiB or less, was 129");
    }

    @Test
    void findsWhatWasAddedAtTheVeryEndOfAStandstill() {
        memory.standstillBegins();
        residentMib.set(429);
        memory.standstillEnds();

        assertThat(verdict().counts()).containsOnlyKeys(Defect.MEMORY);
    }

    @Test
    void growthBesideAStandstillDoesNotCount() {
        occupies(600);
        memory.standstillBegins();
        memory.standstillEnds();
        occupies(850);

        assertThat(verdict().passed()).isTrue();
    }

    @Test
    void aProcessThatWasGoneWhenKafkaStoppedHasNotGrown() {
        residentMib.set(0);
        memory.standstillBegins();
        occupies(500);
        memory.standstillEnds();

        assertThat(verdict().passed()).isTrue();
    }
}
