package io.sluice.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/// A CSV file that rows are appended to; a new one begins with the header.
record Rows(Optional<Path> file, String header) {

    void append(String row) {
        file.ifPresent(out -> {
            try {
                if (out.getParent() != null) {
                    Files.createDirectories(out.getParent());
                }
                var rows = Files.exists(out) ? List.of(row) : List.of(header, row);
                Files.write(out, rows, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot write " + out, e);
            }
        });
    }

    static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("").replace('"', '\'');
    }
}
