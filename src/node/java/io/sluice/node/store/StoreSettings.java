package io.sluice.node.store;

import io.sluice.node.settings.Section;
import java.nio.file.Path;

/// The node's own data base.
///
/// @param dir directory of its files
public record StoreSettings(Path dir) {

    /// Reads `sluice.store`.
    public static StoreSettings from(Section section) {
        var settings = new StoreSettings(section.file("dir"));
        if (settings.dir().toString().contains(";")) {
            section.problem("dir", "must not contain ; which ends a JDBC URL, was " + settings.dir());
        }
        return settings;
    }

    /// JDBC URL of the H2 file. Absolute, because H2 takes no implicit path.
    public String url() {
        return "jdbc:h2:file:" + dir.resolve("sluice").toAbsolutePath();
    }
}
