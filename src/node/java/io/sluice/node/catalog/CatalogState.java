package io.sluice.node.catalog;

import io.sluice.node.catalog.Change.Absent;
import io.sluice.node.catalog.Change.Anything;
import io.sluice.node.catalog.Change.At;
import io.sluice.node.catalog.Change.Put;
import io.sluice.node.catalog.Change.Remove;
import io.sluice.node.catalog.Refusal.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// Every definition as it stands. Immutable; decides without clock and without any input or output.
///
/// @param version how many changes there ever were, and the ETag of the newest
public record CatalogState(long version, SortedMap<Key, Entry> entries) {
    /// Before the first change.
    public static final CatalogState EMPTY = new CatalogState(0, new TreeMap<>());

    public CatalogState {
        entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
    }

    public Optional<Entry> find(Key key) {
        return Optional.ofNullable(entries.get(key));
    }

    /// Judges changes that belong together. A later one sees what the earlier ones would have done.
    ///
    Decision decide(List<? extends Change> changes, String by, Instant at, Rules rules, CatalogSettings.Bounds bounds) {
        var refusals = new ArrayList<Refusal>();
        var events = new ArrayList<Changed>();
        var after = this;
        for (var change : changes) {
            var refusal = after.refusal(change, rules).or(() -> refusalOfLength(change, bounds.definitionMax()));
            if (refusal.isPresent()) {
                refusals.add(refusal.get());
                continue;
            }
            var event = after.event(change, by, at, rules);
            if (event.isPresent()) {
                events.add(event.get());
                after = after.with(event.get());
            }
        }
        after.refusalOfSize(this, events, bounds.entriesMax()).ifPresent(refusals::add);
        if (refusals.isEmpty()) {
            after.refusalsOfContent(events, rules).forEach(refusals::add);
        }
        return refusals.isEmpty() ? new Decision.Accepted(events) : new Decision.Refused(refusals);
    }

    /// What is after a change. The only place where anything changes.
    CatalogState with(Changed event) {
        var next = version + 1;
        var changed = new TreeMap<>(entries);
        var before = find(event.key());
        var since = before.filter(_ -> event.continues()).map(Entry::since).orElse(next);
        event.definition()
                .ifPresentOrElse(
                        definition -> changed.put(
                                event.key(), new Entry(event.key(), definition, next, since, event.by(), event.at())),
                        () -> changed.remove(event.key()));
        return new CatalogState(next, changed);
    }

    private Optional<Refusal> refusal(Change change, Rules rules) {
        var key = change.key();
        var declared = rules.declaredIn(key);
        if (declared.isPresent() && !(change instanceof Remove && find(key).isPresent())) {
            return refused(
                    key,
                    Reason.READ_ONLY,
                    "%s is declared in %s; change it there, on every node".formatted(key, declared.get()));
        }
        var found = find(key);
        return switch (change.expected()) {
            case Absent _ ->
                found.flatMap(entry -> refused(
                        key,
                        Reason.PRESENT,
                        "%s: expected none, was one at version %d".formatted(key, entry.version())));
            case At(var expected) -> found.isEmpty() ? absent(key) : stale(found.get(), expected);
            case Anything _ -> change instanceof Remove && found.isEmpty() ? absent(key) : Optional.empty();
        };
    }

    private static Optional<Refusal> refusalOfLength(Change change, int max) {
        return change instanceof Put(var key, var definition, var _) && length(definition) > max
                ? refused(
                        key,
                        Reason.INVALID,
                        "%s: expected a definition of at most %d bytes, was %d; shorten it or raise sluice.catalog.definition-max"
                                .formatted(key, max, length(definition)))
                : Optional.empty();
    }

    private static int length(String definition) {
        return definition.getBytes(StandardCharsets.UTF_8).length;
    }

    private static Optional<Refusal> absent(Key key) {
        return refused(key, Reason.ABSENT, "%s: expected one, was none".formatted(key));
    }

    private static Optional<Refusal> stale(Entry found, long expected) {
        return found.version() == expected
                ? Optional.empty()
                : refused(
                        found.key(),
                        Reason.STALE,
                        "%s: expected version %d, was %d by %s; read it again and repeat the change"
                                .formatted(found.key(), expected, found.version(), found.by()));
    }

    private Optional<Changed> event(Change change, String by, Instant at, Rules rules) {
        return switch (change) {
            case Put(var key, var definition, var _) -> {
                var before = find(key).map(Entry::definition);
                yield before.filter(definition::equals).isPresent()
                        ? Optional.empty()
                        : Optional.of(new Changed(
                                key,
                                Optional.of(definition),
                                by,
                                at,
                                before.filter(former -> rules.continues(key, former, definition))
                                        .isPresent()));
            }
            case Remove(var key, var _) -> Optional.of(new Changed(key, Optional.empty(), by, at));
        };
    }

    private Optional<Refusal> refusalOfSize(CatalogState before, List<Changed> events, int max) {
        return entries.size() <= max || entries.size() <= before.entries.size()
                ? Optional.empty()
                : refused(
                        events.getLast().key(),
                        Reason.FULL,
                        "catalog: expected at most %d definitions, was %d; remove some or raise sluice.catalog.entries-max"
                                .formatted(max, entries.size()));
    }

    private List<Refusal> refusalsOfContent(List<Changed> events, Rules rules) {
        var changed = new TreeSet<Key>();
        events.forEach(event -> changed.add(event.key()));
        return changed.isEmpty()
                ? List.of()
                : rules.problems(definitions(), Set.copyOf(changed)).stream()
                        .map(problem -> new Refusal(problem.key(), Reason.INVALID, problem.text()))
                        .toList();
    }

    private Map<Key, String> definitions() {
        var definitions = new TreeMap<Key, String>();
        entries.values().forEach(entry -> definitions.put(entry.key(), entry.definition()));
        return definitions;
    }

    private static Optional<Refusal> refused(Key key, Reason reason, String text) {
        return Optional.of(new Refusal(key, reason, text));
    }
}
