package io.sluice.node.catalog;

import static io.sluice.node.catalog.Kind.INGRESS;
import static io.sluice.node.catalog.Kind.INTEGRATION;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.node.catalog.CatalogSettings.Bounds;
import io.sluice.node.catalog.Change.Absent;
import io.sluice.node.catalog.Change.Anything;
import io.sluice.node.catalog.Change.At;
import io.sluice.node.catalog.Change.Expected;
import io.sluice.node.catalog.Change.Put;
import io.sluice.node.catalog.Change.Remove;
import io.sluice.node.catalog.Refusal.Reason;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class CatalogStateTest {
    private static final Key ONE = new Key(INTEGRATION, "one");
    private static final Key TWO = new Key(INTEGRATION, "two");
    private static final Key FROM_FILE = new Key(INTEGRATION, "from-file");
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private final Set<Key> asked = new TreeSet<>();

    private final Rules rules = new Rules() {
        @Override
        public Optional<String> declaredIn(Key key) {
            return key.equals(FROM_FILE) ? Optional.of("node.conf: 7") : Optional.empty();
        }

        // bad is a definition that says so, and one that names another which is not there
        @Override
        public List<Problem> problems(Map<Key, String> all, Set<Key> changed) {
            asked.addAll(changed);
            return all.entrySet().stream()
                    .filter(entry -> entry.getValue().equals("bad")
                            || (entry.getValue().equals("needs two") && !all.containsKey(TWO)))
                    .map(entry -> new Problem(entry.getKey(), entry.getKey() + " is " + entry.getValue()))
                    .toList();
        }

        @Override
        public boolean continues(Key key, String before, String after) {
            return after.startsWith(before);
        }
    };

    @Test
    void keepsWhoChangedWhatAndWhen() {
        var state = after(CatalogState.EMPTY, put(ONE, "a", new Absent()));

        assertThat(state.version()).isEqualTo(1);
        assertThat(state.find(ONE)).contains(new Entry(ONE, "a", 1, 1, "ann", NOON));
    }

    @Test
    void keepsSinceWhenWhatWasBegunGoesOn() {
        var state = after(CatalogState.EMPTY, put(TWO, "b"), put(ONE, "a"), put(ONE, "ab"), put(ONE, "abc"));
        assertThat(state.find(ONE)).contains(new Entry(ONE, "abc", 4, 2, "ann", NOON));

        var anew = after(state, put(ONE, "x"), put(ONE, "xy"));
        assertThat(anew.find(ONE)).contains(new Entry(ONE, "xy", 6, 5, "ann", NOON));

        var again = after(anew, new Remove(ONE, any()), put(ONE, "xyz"));
        assertThat(again.find(ONE)).contains(new Entry(ONE, "xyz", 8, 8, "ann", NOON));
    }

    @Test
    void anEntryOfANodeThatDoesNotKnowSinceBeginsWithItsVersion() {
        assertThat(new Entry(ONE, "a", 7, 0, "ann", NOON).since()).isEqualTo(7);
    }

    @Test
    void aVersionIsThatOfTheWholeCatalog() {
        var state = after(CatalogState.EMPTY, put(ONE, "a"), put(TWO, "b"), put(ONE, "c"), new Remove(TWO, any()));

        assertThat(state.version()).isEqualTo(4);
        assertThat(state.entries()).containsOnlyKeys(ONE);
        assertThat(state.find(ONE)).map(Entry::version).contains(3L);
    }

    @Test
    void refusesAChangeMadeOnAnOldView() {
        var state = after(CatalogState.EMPTY, put(ONE, "a"), put(ONE, "b"));

        assertThat(refusals(state, put(ONE, "c", new At(1))))
                .containsExactly(new Refusal(
                        ONE,
                        Reason.STALE,
                        "integration [one]: expected version 1, was 2 by ann; read it again and repeat the change"));
        assertThat(refusals(state, new Remove(ONE, new At(1))))
                .extracting(Refusal::reason)
                .containsExactly(Reason.STALE);
        assertThat(after(state, put(ONE, "c", new At(2))).version()).isEqualTo(3);
    }

    @Test
    void refusesWhatIsThereAndWhatIsNot() {
        var state = after(CatalogState.EMPTY, put(ONE, "a"));

        assertThat(refusals(state, put(ONE, "b", new Absent())))
                .extracting(Refusal::text)
                .containsExactly("integration [one]: expected none, was one at version 1");
        assertThat(refusals(state, put(TWO, "b", new At(1))))
                .extracting(Refusal::text)
                .containsExactly("integration [two]: expected one, was none");
        assertThat(refusals(state, new Remove(TWO, any())))
                .extracting(Refusal::reason)
                .containsExactly(Reason.ABSENT);
    }

    @Test
    void kindsHaveNamesOfTheirOwn() {
        var state = after(CatalogState.EMPTY, put(ONE, "a"), put(new Key(INGRESS, "one"), "b", new Absent()));

        assertThat(state.entries().keySet()).containsExactly(new Key(INGRESS, "one"), ONE);
    }

    @Test
    void changesNothingThatIsAsAsked() {
        var state = after(CatalogState.EMPTY, put(ONE, "a"));

        assertThat(events(state, put(ONE, "a"), put(ONE, "a", new At(1)))).isEmpty();
    }

    @Test
    void makesAllOrNone() {
        var state = after(CatalogState.EMPTY, put(ONE, "a"));

        assertThat(refusals(state, put(TWO, "b"), put(ONE, "c", new At(7)), put(ONE, "d", new Absent())))
                .extracting(Refusal::reason)
                .containsExactly(Reason.STALE, Reason.PRESENT);
        assertThat(events(state, put(TWO, "b"), new Remove(ONE, any())))
                .containsExactly(
                        new Changed(TWO, Optional.of("b"), "ann", NOON),
                        new Changed(ONE, Optional.empty(), "ann", NOON));
    }

    @Test
    void aLaterChangeSeesAnEarlierOne() {
        assertThat(events(CatalogState.EMPTY, put(ONE, "a"), put(ONE, "b", new At(1))))
                .hasSize(2);
        assertThat(refusals(CatalogState.EMPTY, put(ONE, "a"), put(ONE, "b", new Absent())))
                .extracting(Refusal::reason)
                .containsExactly(Reason.PRESENT);
    }

    @Test
    void refusesWhatBreaksAnother() {
        var state = after(CatalogState.EMPTY, put(TWO, "b"), put(ONE, "needs two"));

        assertThat(refusals(state, new Remove(TWO, any())))
                .containsExactly(new Refusal(ONE, Reason.INVALID, "integration [one] is needs two"));
        assertThat(events(state, new Remove(TWO, any()), new Remove(ONE, any())))
                .hasSize(2);
        assertThat(events(CatalogState.EMPTY, put(ONE, "needs two"), put(TWO, "b")))
                .as("the order among changes made together does not matter")
                .hasSize(2);
    }

    @Test
    void asksOnlyAboutWhatChanges() {
        var state = after(CatalogState.EMPTY, put(ONE, "a"), put(TWO, "b"));
        asked.clear();

        assertThat(events(state, put(ONE, "a"), put(TWO, "c"))).hasSize(1);

        assertThat(asked).containsExactly(TWO);
    }

    @Test
    void leavesToTheFilesWhatTheyDeclare() {
        assertThat(refusals(CatalogState.EMPTY, put(FROM_FILE, "a")))
                .extracting(Refusal::text)
                .containsExactly("integration [from-file] is declared in node.conf: 7; change it there, on every node");
        assertThat(refusals(CatalogState.EMPTY, new Remove(FROM_FILE, any())))
                .extracting(Refusal::reason)
                .containsExactly(Reason.READ_ONLY);
    }

    @Test
    void holdsAsManyAsAllowed() {
        var full = after(CatalogState.EMPTY, put(ONE, "a"), put(TWO, "b"));
        var three = new Key(INTEGRATION, "three");

        assertThat(refusals(full, put(three, "c"))).extracting(Refusal::reason).containsExactly(Reason.FULL);
        assertThat(events(full, put(three, "c"), new Remove(ONE, any()))).hasSize(2);
        assertThat(full.decide(List.of(put(ONE, "other")), "ann", NOON, rules, new Bounds(1, 100)))
                .as("a bound that was lowered keeps nobody from mending")
                .isInstanceOf(Decision.Accepted.class);
    }

    @Test
    void holdsNoDefinitionThatIsTooLong() {
        assertThat(refusals(CatalogState.EMPTY, put(ONE, "ä".repeat(51))))
                .extracting(Refusal::text)
                .containsExactly(
                        "integration [one]: expected a definition of at most 100 bytes, was 102; shorten it or raise sluice.catalog.definition-max");
        assertThat(events(CatalogState.EMPTY, put(ONE, "ä".repeat(50)))).hasSize(1);
    }

    /// It was defined before a file declared one of its name.
    @Test
    void removesWhatAFileHides() {
        var hidden = CatalogState.EMPTY.with(new Changed(FROM_FILE, Optional.of("a"), "ann", NOON));

        assertThat(refusals(hidden, put(FROM_FILE, "b")))
                .extracting(Refusal::reason)
                .containsExactly(Reason.READ_ONLY);
        assertThat(events(hidden, new Remove(FROM_FILE, any()))).hasSize(1);
    }

    private static Expected any() {
        return new Anything();
    }

    private static Put put(Key key, String definition) {
        return put(key, definition, any());
    }

    private static Put put(Key key, String definition, Expected expected) {
        return new Put(key, definition, expected);
    }

    private CatalogState after(CatalogState state, Change... changes) {
        return events(state, changes).stream().reduce(state, CatalogState::with, (_, last) -> last);
    }

    private List<Changed> events(CatalogState state, Change... changes) {
        return switch (state.decide(List.of(changes), "ann", NOON, rules, new Bounds(2, 100))) {
            case Decision.Accepted(var events) -> events;
            case Decision.Refused(var refusals) -> throw new AssertionError("refused: " + refusals);
        };
    }

    private List<Refusal> refusals(CatalogState state, Change... changes) {
        return switch (state.decide(List.of(changes), "ann", NOON, rules, new Bounds(2, 100))) {
            case Decision.Accepted(var events) -> throw new AssertionError("accepted: " + events);
            case Decision.Refused(var refusals) -> refusals;
        };
    }
}
