package io.sluice.node.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.node.event.Arrival;
import io.sluice.node.event.Metadata;
import io.sluice.node.event.Properties;
import io.sluice.node.store.DeadLetters.Kept;
import io.sluice.node.store.DeadLetters.Order;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Dead letters are found, deleted and taken back, on either data base.
@ParameterizedClass
@EnumSource
@SuppressWarnings("NullAway.Init")
class DeadLettersTest {
    @Parameter
    private AnyStore kind;

    @TempDir
    private Path dir;

    private Store store;
    private DeadLetters letters;

    @BeforeEach
    void open() {
        store = Store.open(kind.at(dir, 10_000));
        letters = store.deadLetters();
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void findsByWhatTheyAre() {
        letters.add(letter("one", "1", "plant/7_%!/a", "c-1", "s-1", "unformattable", 1));
        letters.add(letter("one", "2", "plant/7x%!/a", "c-2", "s-1", "refused by kafka", 2));
        letters.add(letter("two", "3", "plant/8", "c-1", "s-2", "unformattable", 3));

        assertThat(found(DeadLetterQuery.ALL)).containsExactly("1", "2", "3");
        assertThat(found(DeadLetterQuery.of("one"))).containsExactly("1", "2");
        assertThat(found(query(Optional.of("unformattable"), none(), none(), none())))
                .containsExactly("1", "3");
        assertThat(found(query(none(), Optional.of("7_%!/"), none(), none())))
                .as("each character stands for itself")
                .containsExactly("1");
        assertThat(found(query(none(), none(), Optional.of("c-1"), none()))).containsExactly("1", "3");
        assertThat(found(query(none(), none(), none(), Optional.of("s-2")))).containsExactly("3");
        assertThat(found(between(at(2), at(3)))).containsExactly("2");
        assertThat(letters.count(between(at(2), at(4)))).isEqualTo(2);
        assertThat(found(DeadLetterQuery.ALL.only(List.of()))).isEmpty();
    }

    @Test
    void pagesBothWays() {
        IntStream.range(0, 7).forEach(i -> letters.add(Letters.letter("one", "a-" + i)));
        var all = DeadLetterQuery.of("one");

        var oldest = letters.find(all, Order.OLDEST_FIRST, 3);
        var next = letters.find(all.after(oldest.letters().getLast().id()), Order.OLDEST_FIRST, 3);
        var newest = letters.find(all, Order.NEWEST_FIRST, 3);
        var before = letters.find(all.before(newest.letters().getLast().id()), Order.NEWEST_FIRST, 4);

        assertThat(names(oldest)).containsExactly("a-0", "a-1", "a-2");
        assertThat(names(next)).containsExactly("a-3", "a-4", "a-5");
        assertThat(next.more()).isTrue();
        assertThat(names(newest)).containsExactly("a-6", "a-5", "a-4");
        assertThat(names(before)).containsExactly("a-3", "a-2", "a-1", "a-0");
        assertThat(before.more()).isFalse();
    }

    @Test
    void aPageHoldsNoMoreThanItsBytes() {
        var large = new byte[(int) DeadLetters.PAGE_BYTES_MAX / 2];
        IntStream.range(0, 3).forEach(i -> letters.add(Letters.letter("one", "a-" + i, large)));
        letters.add(Letters.letter("one", "a-3", new byte[(int) DeadLetters.PAGE_BYTES_MAX + 1]));

        var first = letters.find(DeadLetterQuery.ALL, Order.OLDEST_FIRST, 10);
        var alone = letters.find(DeadLetterQuery.ALL, Order.NEWEST_FIRST, 10);

        assertThat(names(first)).containsExactly("a-0", "a-1");
        assertThat(first.more()).isTrue();
        assertThat(names(alone)).as("one that is larger than a page").containsExactly("a-3");
    }

    @Test
    void deletesWhatIsNamedAndMakesRoom() {
        IntStream.range(0, 5).forEach(i -> letters.add(Letters.letter("one", "a-" + i)));
        letters.add(Letters.letter("two", "b"));
        var ids = letters.find(DeadLetterQuery.of("one"), Order.OLDEST_FIRST, 2).letters().stream()
                .map(Kept::id)
                .toList();

        assertThat(letters.delete(ids)).isEqualTo(2);
        assertThat(letters.delete(ids)).isZero();
        assertThat(letters.get(ids.getFirst())).isEmpty();

        assertThat(letters.deleteAll(DeadLetterQuery.of("one"))).isEqualTo(3);
        assertThat(found(DeadLetterQuery.ALL)).containsExactly("b");
        assertThatThrownBy(
                        () -> letters.delete(LongStream.range(0, 1_001).boxed().toList()))
                .hasMessage("ids: expected at most 1000, was 1001; ask several times");
    }

    @Test
    void deletesMoreThanOneStatementDoes() {
        IntStream.range(0, 1_001).forEach(i -> letters.add(Letters.letter("one", "a-" + i, new byte[0])));

        assertThat(letters.deleteAll(DeadLetterQuery.of("one"))).isEqualTo(1_001);
        assertThat(letters.count("one")).isZero();
    }

    @Test
    void oneThatIsKeptAgainIsNotDeletedByWhoReadItBefore() {
        letters.add(Letters.letter("one", "again"));
        letters.add(Letters.letter("one", "delivered"));
        letters.add(Letters.letter("one", "gone"));
        var read =
                letters.find(DeadLetterQuery.of("one"), Order.OLDEST_FIRST, 10).letters();
        letters.add(letter("one", "again", "t", "c", "s", "refused by kafka", 9));
        letters.delete(List.of(read.getLast().id()));

        var left = letters.deleteUnlessKeptAgain(read);

        assertThat(left).extracting(kept -> kept.letter().arrivalId()).containsExactly("again");
        assertThat(letters.find(DeadLetterQuery.ALL, Order.OLDEST_FIRST, 10).letters())
                .singleElement()
                .satisfies(kept -> {
                    assertThat(kept.id()).isEqualTo(read.getFirst().id());
                    assertThat(kept.times()).isEqualTo(2);
                    assertThat(kept.letter().reason()).isEqualTo("refused by kafka");
                    assertThat(kept.letter().payload()).isEqualTo("{\"broken\":".getBytes(UTF_8));
                });
    }

    /// The row may go between the look for it and the count.
    @Test
    void oneThatIsKeptAgainWhileItIsDeletedStays() throws Exception {
        for (int round = 0; round < 300; round++) {
            letters.add(Letters.letter("one", "again"));
            var read = letters.find(DeadLetterQuery.ALL, Order.OLDEST_FIRST, 1).letters();

            var delete = CompletableFuture.runAsync(() -> letters.deleteUnlessKeptAgain(read));
            letters.add(Letters.letter("one", "again"));
            delete.get();

            assertThat(letters.count("one")).as("round " + round).isOne();
        }
    }

    @Test
    void givesTheArrivalBackAsItWas() {
        var properties = new Properties(
                "application/json",
                "answers",
                new byte[] {1, 2, 3},
                true,
                60,
                List.of(new Properties.User("plant", "7"), new Properties.User("plant", "ö \"8\"")));
        var chained = arrival("chained", properties).with("chained", Metadata.NONE.with("error", "no \"metadata\""));
        for (var given : List.of(arrival("full", properties), arrival("none", Properties.NONE), chained)) {
            letters.add(DeadLetter.of("one", 0, given, "s", "r", "e", at(1)));

            var kept = letters.find(DeadLetterQuery.ALL, Order.NEWEST_FIRST, 1)
                    .letters()
                    .getFirst();

            assertThat(kept.letter().arrival()).usingRecursiveComparison().isEqualTo(given);
        }
    }

    private static Arrival arrival(String id, Properties properties) {
        return new Arrival(
                id, "t", new byte[] {0, 1}, 2, true, false, "c", "u", "cert", 1_795_168_800_007L, properties);
    }

    private static DeadLetter letter(
            String integration, String id, String topic, String clientId, String subject, String reason, int second) {
        var arrival = new Arrival(id, topic, new byte[0], 1, false, false, clientId, "", "", 0, Properties.NONE);
        return DeadLetter.of(integration, 0, arrival, subject, reason, "", at(second));
    }

    private static Instant at(int second) {
        return Instant.ofEpochSecond(1_795_168_800 + second);
    }

    private static Optional<String> none() {
        return Optional.empty();
    }

    private static DeadLetterQuery query(
            Optional<String> reason, Optional<String> topic, Optional<String> clientId, Optional<String> subject) {
        return new DeadLetterQuery(
                none(),
                reason,
                topic,
                clientId,
                subject,
                Optional.empty(),
                Optional.empty(),
                0,
                Long.MAX_VALUE,
                Optional.empty());
    }

    private static DeadLetterQuery between(Instant from, Instant to) {
        return new DeadLetterQuery(
                none(),
                none(),
                none(),
                none(),
                none(),
                Optional.of(from),
                Optional.of(to),
                0,
                Long.MAX_VALUE,
                Optional.empty());
    }

    private List<String> found(DeadLetterQuery query) {
        return names(letters.find(query, Order.OLDEST_FIRST, 10));
    }

    private static List<String> names(DeadLetters.Page page) {
        return page.letters().stream().map(kept -> kept.letter().arrivalId()).toList();
    }
}
