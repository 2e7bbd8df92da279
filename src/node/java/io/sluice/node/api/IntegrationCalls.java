package io.sluice.node.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.node.catalog.Change;
import io.sluice.node.catalog.Key;
import io.sluice.node.catalog.Kind;
import io.sluice.node.http.Answer;
import io.sluice.node.http.Call;
import io.sluice.node.http.ErrorCode;
import io.sluice.node.http.Handler;
import io.sluice.node.http.Problem;
import io.sluice.node.observe.TaskStatus;
import io.sluice.node.settings.DefinitionText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;

/// Integrations: list, define, change, remove, enable, disable, restart.
final class IntegrationCalls {
    private static final int PATCH_TRIES = 5;

    /// Lets the tasks of an integration begin anew.
    interface Restart {
        void restart(String integration, int tasks);
    }

    /// One page of a longer list.
    private record Page(List<Integration> items, long page, long size, int total) {}

    private final Catalogue catalogue;
    private final Configured configured;
    private final Supplier<List<TaskStatus>> tasks;
    private final Restart restart;

    IntegrationCalls(Catalogue catalogue, Configured configured, Supplier<List<TaskStatus>> tasks, Restart restart) {
        this.catalogue = catalogue;
        this.configured = configured;
        this.tasks = tasks;
        this.restart = restart;
    }

    Map<String, Handler> handlers() {
        return Map.ofEntries(
                Map.entry("listIntegrations", this::list),
                Map.entry("createIntegration", this::create),
                Map.entry("changeIntegrations", this::bulk),
                Map.entry("getIntegration", this::get),
                Map.entry("replaceIntegration", this::replace),
                Map.entry("patchIntegration", this::patch),
                Map.entry("removeIntegration", this::remove),
                Map.entry("enableIntegration", call -> enable(call, true)),
                Map.entry("disableIntegration", call -> enable(call, false)),
                Map.entry("restartIntegration", this::restart),
                Map.entry("importIntegrations", this::importAll),
                Map.entry("exportIntegrations", this::export));
    }

    /// One of a name.
    ///
    /// @throws Problem if there is none
    Integration find(String name) {
        var declared = configured.declared().get(name);
        if (declared != null) {
            return Integration.declared(name, declared, tasks.get());
        }
        return catalogue
                .state()
                .find(key(name))
                .map(entry -> Integration.of(entry, tasks.get()))
                .orElseThrow(
                        () -> Problem.of(ErrorCode.ABSENT, "integration [%s]: expected one, was none".formatted(name)));
    }

    /// All of them by name; one that is declared hides one of the catalog.
    SortedMap<String, Integration> all() {
        var status = tasks.get();
        var all = new TreeMap<String, Integration>();
        catalogue.state().entries().values().stream()
                .filter(entry -> entry.key().kind() == Kind.INTEGRATION)
                .forEach(entry -> all.put(entry.key().name(), Integration.of(entry, status)));
        configured.declared().forEach((name, json) -> all.put(name, Integration.declared(name, json, status)));
        return all;
    }

    private Answer list(Call call) {
        var search = call.text("search").map(text -> text.toLowerCase(Locale.ROOT));
        var enabled = call.flag("enabled");
        var found = all().values().stream()
                .filter(each -> search.isEmpty() || each.contains(search.get()))
                .filter(each -> enabled.isEmpty() || enabled.get() == each.enabled())
                .sorted(order(call.text("sort").orElse("name")))
                .toList();
        long size = call.number("size").orElseThrow();
        long page = call.number("page").orElseThrow();
        var items = found.stream().skip(page * size).limit(size).toList();
        return Answer.ok(new Page(items, page, size, found.size()));
    }

    private static Comparator<Integration> order(String sort) {
        Comparator<Integration> order = sort.endsWith("changed")
                ? Comparator.comparingLong(Integration::version).thenComparing(Integration::name)
                : Comparator.comparing(Integration::name);
        return sort.startsWith("-") ? order.reversed() : order;
    }

    private Answer get(Call call) {
        return shown(call.name("name"));
    }

    private Answer create(Call call) {
        var name = call.field("name");
        catalogue.change(
                List.of(new Change.Put(key(name), definition(call.json()), new Change.Absent())),
                call.caller().name());
        var made = find(name);
        return Answer.created("/v1/integrations/" + name, made).tagged(made.version());
    }

    private Answer replace(Call call) {
        var key = key(call.name("name"));
        return changed(
                call,
                new Change.Put(key, definition(call.json()), Tags.expectedOrAbsent(call, catalogue.state(), key)));
    }

    private Answer remove(Call call) {
        var key = key(call.name("name"));
        catalogue.change(
                List.of(new Change.Remove(key, Tags.expected(call, catalogue.state(), key))),
                call.caller().name());
        return Answer.noContent();
    }

    private Answer patch(Call call) {
        return edited(call, definition -> MergePatch.apply(definition, call.json()));
    }

    private Answer enable(Call call, boolean enabled) {
        return edited(call, definition -> ((ObjectNode) definition.deepCopy()).put("enabled", enabled));
    }

    /// Edits what is there. Where the caller does not say which version, one that came between is no conflict.
    private Answer edited(Call call, Function<JsonNode, JsonNode> edit) {
        var key = key(call.name("name"));
        for (int tries = 1; ; tries++) {
            var known = catalogue.state().version();
            try {
                return changed(call, put(call, key, edit));
            } catch (Problem problem) {
                var mayRepeat = problem.code() == ErrorCode.STALE
                        && call.header("if-match").isEmpty();
                if (!mayRepeat || tries == PATCH_TRIES) {
                    throw problem;
                }
                catalogue.awaitNewerThan(known);
            }
        }
    }

    private Change put(Call call, Key key, Function<JsonNode, JsonNode> edit) {
        var found = find(key.name());
        Tags.checkMatch(call, key, found.version());
        return new Change.Put(key, edit.apply(found.definition()).toString(), new Change.At(found.version()));
    }

    private Answer changed(Call call, Change change) {
        catalogue.change(List.of(change), call.caller().name());
        return shown(change.key().name());
    }

    private Answer restart(Call call) {
        begunAnew(List.of(call.name("name")));
        return Answer.accepted();
    }

    private void begunAnew(List<String> names) {
        var found = names.stream().map(this::find).toList();
        for (var each : found) {
            if (!each.enabled()) {
                throw Problem.of(
                        ErrorCode.DISABLED,
                        "integration [%s]: expected it to run, was disabled".formatted(each.name()));
            }
        }
        found.forEach(each -> restart.restart(
                each.name(),
                configured
                        .read(each.name(), each.definition().toString())
                        .settings()
                        .tasks()));
    }

    private Answer bulk(Call call) {
        var names = call.fields("names");
        switch (call.field("action")) {
            case "restart" -> begunAnew(names);
            case "remove" ->
                catalogue.change(
                        names.stream()
                                .<Change>map(name -> new Change.Remove(key(name), new Change.Anything()))
                                .toList(),
                        call.caller().name());
            case "enable" -> enableAll(names, true, call);
            default -> enableAll(names, false, call);
        }
        return Answer.ok(Map.of("names", names));
    }

    private void enableAll(List<String> names, boolean enabled, Call call) {
        var changes = names.stream()
                .map(name -> put(
                        call, key(name), definition -> ((ObjectNode) definition.deepCopy()).put("enabled", enabled)))
                .toList();
        catalogue.change(changes, call.caller().name());
    }

    private Answer importAll(Call call) {
        var replace = "replace".equals(call.text("existing").orElse(""));
        var names = new HashSet<String>();
        var changes = new ArrayList<Change>();
        for (var each : call.json().path("integrations")) {
            var name = each.path("name").asText();
            if (!names.add(name)) {
                throw Problem.of(
                        ErrorCode.INVALID_REQUEST, "integration [%s]: expected once, was there twice".formatted(name));
            }
            changes.add(
                    new Change.Put(key(name), definition(each), replace ? new Change.Anything() : new Change.Absent()));
        }
        var before = all().keySet();
        if (!changes.isEmpty()) {
            catalogue.change(changes, call.caller().name());
        }
        return Answer.ok(Map.of(
                "created",
                        names.stream()
                                .filter(name -> !before.contains(name))
                                .sorted()
                                .toList(),
                "replaced", names.stream().filter(before::contains).sorted().toList()));
    }

    private Answer export(Call call) {
        var all = all();
        var names = call.texts("name").isEmpty() ? all.keySet() : new TreeSet<>(call.texts("name"));
        var chosen = new TreeMap<String, String>();
        names.forEach(name -> chosen.put(name, find(name).definition().toString()));
        return call.text("format").orElse("").equals("hocon")
                ? Answer.text("application/hocon", DefinitionText.hocon(chosen).getBytes(UTF_8))
                : Answer.text("application/json", DefinitionText.json(chosen).getBytes(UTF_8));
    }

    private Answer shown(String name) {
        var found = find(name);
        return Answer.ok(found).tagged(found.version());
    }

    /// What a body defines besides the name.
    private static String definition(JsonNode body) {
        ObjectNode definition = body.deepCopy();
        definition.remove("name");
        return definition.toString();
    }

    private static Key key(String name) {
        return new Key(Kind.INTEGRATION, name);
    }
}
