package io.sluice.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.stream.IntStream;

/// Columns that stand below each other.
final class Table {
    private static final DateTimeFormatter MOMENT = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");
    private static final String GAP = "  ";

    private enum Kind {
        TEXT,
        NUMBER,
        MOMENT
    }

    /// What is shown of each row.
    ///
    /// @param pointer where it stands in the row (RFC 6901)
    record Column(String title, String pointer, Kind kind) {
        static Column text(String title, String pointer) {
            return new Column(title, pointer, Kind.TEXT);
        }

        /// Stands at the right.
        static Column number(String title, String pointer) {
            return new Column(title, pointer, Kind.NUMBER);
        }

        /// A moment, shown in the zone of who looks at it.
        static Column moment(String title, String pointer) {
            return new Column(title, pointer, Kind.MOMENT);
        }

        private String cell(JsonNode row, ZoneId zone) {
            var value = row.at(pointer);
            return Plain.line(kind == Kind.MOMENT ? local(value.asText(), zone) : words(value));
        }
    }

    private Table() {}

    /// A line of titles and one for each row.
    static String of(List<Column> columns, Iterable<JsonNode> rows, ZoneId zone) {
        var cells = new ArrayList<List<String>>();
        cells.add(columns.stream().map(Column::title).toList());
        rows.forEach(row ->
                cells.add(columns.stream().map(column -> column.cell(row, zone)).toList()));
        var widths = IntStream.range(0, columns.size())
                .map(column -> cells.stream()
                        .mapToInt(row -> length(row.get(column)))
                        .max()
                        .orElse(0))
                .toArray();
        var text = new StringBuilder();
        for (var row : cells) {
            var line = new StringJoiner(GAP);
            for (int i = 0; i < widths.length; i++) {
                var padding = " ".repeat(widths[i] - length(row.get(i)));
                var isNumber = columns.get(i).kind() == Kind.NUMBER;
                line.add(isNumber ? padding + row.get(i) : row.get(i) + padding);
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    /// A line for each column of one thing; what it has not is left out.
    static String ofOne(List<Column> columns, JsonNode thing, ZoneId zone) {
        var width = columns.stream()
                .mapToInt(column -> length(column.title()))
                .max()
                .orElse(0);
        var text = new StringBuilder();
        for (var column : columns) {
            var cell = column.cell(thing, zone);
            if (!cell.isEmpty()) {
                text.append(column.title())
                        .append(" ".repeat(width - length(column.title())))
                        .append(GAP)
                        .append(cell)
                        .append('\n');
            }
        }
        return text.toString();
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    private static String words(JsonNode value) {
        if (value instanceof ArrayNode all) {
            var words = new StringJoiner(", ");
            all.forEach(each -> words.add(words(each)));
            return words.toString();
        }
        return switch (value.getNodeType()) {
            case BOOLEAN -> value.asBoolean() ? "yes" : "no";
            case OBJECT -> value.toString();
            case MISSING, NULL -> "";
            default -> value.asText();
        };
    }

    /// A moment as it is shown in a zone; what is none stays as it is.
    static String local(String moment, ZoneId zone) {
        try {
            return moment.isEmpty() ? "" : MOMENT.format(Instant.parse(moment).atZone(zone));
        } catch (DateTimeException _) {
            return moment;
        }
    }
}
