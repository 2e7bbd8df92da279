package io.sluice.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.node.ForkedJvm;
import io.sluice.node.settings.CannotStart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What can be wrong with the file of a store.
class H2FileTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path dir;

    @Test
    void refusesAFileInUse() throws Exception {
        try (var process = ForkedJvm.start(StoreProcess.class, StoreProcess.arguments(AnyStore.H2.at(dir, 1_000)))) {
            process.await("written 1");

            assertRefused(
                    "store [%s]: in use by another node; stop that one or set another sluice.data-dir".formatted(dir));
        }
    }

    @Test
    void refusesADamagedFile() throws IOException {
        open().close();
        Files.write(dir.resolve("sluice.mv.db"), new byte[8192]);

        assertThatThrownBy(this::open)
                .isInstanceOf(CannotStart.class)
                .message()
                .startsWith("store [%s]: damaged: ".formatted(dir))
                .endsWith("; restore it from a backup, or move it away to start with none")
                .hasLineCount(1);
    }

    @Test
    void refusesAFolderItCannotMake() throws IOException {
        dir = Files.createFile(dir.resolve("file")).resolve("store");

        assertThatThrownBy(this::open)
                .isInstanceOf(CannotStart.class)
                .message()
                .startsWith("store [%s]: cannot be opened: ".formatted(dir))
                .contains("Not a directory")
                .endsWith("; mend that or set another sluice.data-dir")
                .hasLineCount(1);
    }

    @Test
    void epochsGoOnAboveThoseThatEachTaskHad() throws Exception {
        var engine = new H2(dir);
        engine.prepare();
        try (var database = new Database(engine)) {
            engine.migrations(Flyway.configure().table("schema_history").target("2"), database.dataSource())
                    .load()
                    .migrate();
            database.call("test", connection -> {
                try (var statement = connection.createStatement()) {
                    return statement.execute("INSERT INTO task_epochs VALUES ('one', 0, 7), ('one', 1, 3)");
                }
            });
        }

        try (var store = open()) {
            assertThat(store.epochs().next("one")).isEqualTo(8);
        }
    }

    @Test
    void writesAnAbsoluteUrl() {
        assertThat(H2.url(Path.of("/var/lib/store")))
                .isEqualTo(
                        "jdbc:h2:file:/var/lib/store/sluice;WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE;CACHE_SIZE=4096;TRACE_LEVEL_FILE=0;TRACE_LEVEL_SYSTEM_OUT=0");
    }

    private Store open() {
        return Store.open(AnyStore.H2.at(dir, 1_000));
    }

    private void assertRefused(String message) {
        assertThatThrownBy(this::open).isInstanceOf(CannotStart.class).message().isEqualTo(message);
    }
}
