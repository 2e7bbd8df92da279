package io.sluice.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.node.access.Scope;
import io.sluice.node.catalog.AuditLog;
import io.sluice.node.catalog.Change;
import io.sluice.node.catalog.Changed;
import io.sluice.node.catalog.Key;
import io.sluice.node.catalog.Kind;
import io.sluice.node.http.Answer;
import io.sluice.node.http.Call;
import io.sluice.node.http.ErrorCode;
import io.sluice.node.http.Handler;
import io.sluice.node.http.Json;
import io.sluice.node.http.Problem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// Who changed what, and undoing it.
final class AuditCalls {
    /// Changes that are looked at for one page; a rare name may take several.
    private static final int LOOKED_AT_MAX = 5_000;

    private static final int READ_AT_ONCE = 500;
    private static final List<String> HIDDEN = List.of("password", "digest");

    private record Shown(
            long version, String kind, String name, String by, Instant at, String what, Optional<JsonNode> definition) {

        static Shown of(AuditLog.Recorded recorded) {
            var changed = recorded.changed();
            return new Shown(
                    recorded.version(),
                    changed.key().kind().toString(),
                    changed.key().name(),
                    changed.by(),
                    changed.at(),
                    changed.definition().isPresent() ? "put" : "removed",
                    changed.definition().map(Shown::withoutHashes));
        }

        private static JsonNode withoutHashes(String definition) {
            var shown = Json.of(definition);
            if (shown instanceof ObjectNode object) {
                object.remove(HIDDEN);
            }
            return shown;
        }
    }

    private record Page(List<Shown> items, Optional<Long> next) {}

    private final Catalogue catalogue;
    private final AuditLog history;

    AuditCalls(Catalogue catalogue, AuditLog history) {
        this.catalogue = catalogue;
        this.history = history;
    }

    Map<String, Handler> handlers() {
        return Map.of("listChanges", this::list, "revertChange", this::revert);
    }

    private Answer list(Call call) {
        var kind = call.text("kind");
        var name = call.text("name");
        var seesUsers = call.caller().may(Scope.ADMINISTER);
        Predicate<Key> wanted = key -> (seesUsers || !isOfAccess(key))
                && kind.map(key.kind().toString()::equals).orElse(true)
                && name.map(key.name()::equals).orElse(true);
        var newest = catalogue.state().version();
        var from = Math.min(call.number("before").orElse(Long.MAX_VALUE), newest + 1);
        return Answer.ok(page(wanted, from, call.number("size").orElseThrow().intValue()));
    }

    /// The newest before a version.
    private Page page(Predicate<Key> wanted, long before, int size) {
        var items = new ArrayList<Shown>();
        var next = before;
        while (next > 1 && items.size() < size && before - next < LOOKED_AT_MAX) {
            var first = Math.max(1, next - READ_AT_ONCE);
            var read = history.read(first, next - 1);
            for (var recorded : read.reversed()) {
                if (items.size() == size) {
                    break;
                }
                next = recorded.version();
                if (wanted.test(recorded.changed().key())) {
                    items.add(Shown.of(recorded));
                }
            }
            if (items.size() < size) {
                next = first;
            }
        }
        return new Page(items, next > 1 ? Optional.of(next) : Optional.empty());
    }

    private Answer revert(Call call) {
        var version = Long.parseLong(call.name("version"));
        var undone = history.read(version, version).stream()
                .findFirst()
                .orElseThrow(
                        () -> Problem.of(ErrorCode.ABSENT, "change [%d]: expected one, was none".formatted(version)))
                .changed();
        if (isOfAccess(undone.key())) {
            throw Problem.of(
                    ErrorCode.INVALID_DEFINITION,
                    "change [%d] of %s: expected one that can be undone, was one of who may come in; change that anew"
                            .formatted(version, undone.key()));
        }
        var made = catalogue.change(
                List.of(undoing(undone, version)), call.caller().name());
        return Answer.ok(history.read(made.version(), made.version()).stream()
                .findFirst()
                .map(Shown::of)
                .orElseThrow(() -> new IllegalStateException("change " + made.version() + ": expected, was not")));
    }

    private Change undoing(Changed undone, long version) {
        var before = before(undone.key(), version);
        if (undone.definition().isEmpty()) {
            return new Change.Put(undone.key(), before.orElse("{}"), new Change.Absent());
        }
        return before.<Change>map(definition -> new Change.Put(undone.key(), definition, new Change.At(version)))
                .orElseGet(() -> new Change.Remove(undone.key(), new Change.At(version)));
    }

    /// What was defined before a change.
    private Optional<String> before(Key key, long version) {
        for (long end = version - 1; end >= 1; end -= READ_AT_ONCE) {
            for (var recorded :
                    history.read(Math.max(1, end - READ_AT_ONCE + 1), end).reversed()) {
                if (recorded.changed().key().equals(key)) {
                    return recorded.changed().definition();
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isOfAccess(Key key) {
        return key.kind() == Kind.USER || key.kind() == Kind.TOKEN;
    }
}
