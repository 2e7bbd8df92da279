package io.sluice.node.store;

import io.sluice.node.settings.Section;
import java.nio.file.Path;
import java.util.Optional;

/// The data base of a node, its own or that of all nodes.
///
/// @param dir            directory of the H2 file
/// @param postgresql     the server in its place; empty: the H2 file
/// @param deadLettersMax most dead letters kept of an integration
public record StoreSettings(Path dir, Optional<PostgresqlSettings> postgresql, int deadLettersMax) {
    private static final int MOST_DEAD_LETTERS = 10_000_000;

    /// Kind of data base.
    private enum Type {
        H2,
        POSTGRESQL
    }

    /// An H2 file.
    public StoreSettings(Path dir, int deadLettersMax) {
        this(dir, Optional.empty(), deadLettersMax);
    }

    /// Reads `sluice.store`.
    public static StoreSettings from(Section section) {
        var usesPostgresql = section.choice("type", Type.class) == Type.POSTGRESQL;
        var postgresql = PostgresqlSettings.from(section.section("postgresql"), usesPostgresql);
        var settings = new StoreSettings(
                section.file("dir"),
                usesPostgresql ? Optional.of(postgresql) : Optional.empty(),
                section.number("dead-letters-max", 1, MOST_DEAD_LETTERS));
        if (settings.dir().toString().contains(";")) {
            section.problem("dir", "must not contain ; which ends a JDBC URL, was " + settings.dir());
        }
        return settings;
    }
}
