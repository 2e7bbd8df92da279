package io.sluice.node.store;

import io.sluice.node.settings.Section;
import java.nio.file.Path;

/// The node's own data base.
///
/// @param dir            directory of its files
/// @param deadLettersMax most dead letters kept of an integration
public record StoreSettings(Path dir, int deadLettersMax) {
    private static final int MOST_DEAD_LETTERS = 10_000_000;

    /// Reads `sluice.store`.
    public static StoreSettings from(Section section) {
        var settings = new StoreSettings(section.file("dir"), section.number("dead-letters-max", 1, MOST_DEAD_LETTERS));
        if (settings.dir().toString().contains(";")) {
            section.problem("dir", "must not contain ; which ends a JDBC URL, was " + settings.dir());
        }
        return settings;
    }

    /// JDBC URL of the H2 file. Every commit is written before it returns; the node closes it, not the end of the
    /// JVM; a cache of 4 MiB spares the heap.
    public String url() {
        return "jdbc:h2:file:" + dir.resolve("sluice").toAbsolutePath()
                + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE;CACHE_SIZE=4096;TRACE_LEVEL_FILE=0;TRACE_LEVEL_SYSTEM_OUT=0";
    }
}
