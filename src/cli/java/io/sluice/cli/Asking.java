package io.sluice.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/// A target whose answers are shown.
final class Asking extends Target {
    /// Form of what is shown.
    enum Form {
        TABLE,
        JSON,
        YAML;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORM",
            defaultValue = "table",
            description = "How to show it: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Form form = Form.TABLE;

    boolean isTable() {
        return form == Form.TABLE;
    }

    /// Shows what was answered: as it is, or for people.
    ///
    /// @param table text for people
    void show(JsonNode answer, Supplier<String> table) {
        var out = out();
        switch (form) {
            case JSON -> out.println(Json.pretty(answer));
            case YAML -> out.print(Json.yaml(answer));
            case TABLE -> out.print(table.get());
        }
        out.flush();
    }

    /// Shows one of many that come one after the other: JSON in a line each, YAML in a document each.
    ///
    /// @param line for people
    void showNext(JsonNode one, Supplier<String> line) {
        var out = out();
        switch (form) {
            case JSON -> out.println(Json.line(one));
            case YAML -> out.print("---\n" + Json.yaml(one));
            case TABLE -> out.println(line.get());
        }
        out.flush();
    }

    /// Shows the items of an answer, a line for each.
    void showItems(JsonNode answer, List<Table.Column> columns) {
        show(answer, () -> table(columns, answer.path("items")));
    }

    /// Shows one thing, a line for each of its values.
    void showOne(JsonNode answer, List<Table.Column> columns) {
        show(answer, () -> Table.ofOne(columns, answer, surroundings().zone()));
    }

    String table(List<Table.Column> columns, Iterable<JsonNode> rows) {
        return Table.of(columns, rows, surroundings().zone());
    }

    /// Says where a list that was cut goes on.
    void tellNext(JsonNode answer) {
        if (isTable() && answer.has("next")) {
            err().printf("there are more: --before %s%n", answer.path("next").asText());
        }
    }
}
