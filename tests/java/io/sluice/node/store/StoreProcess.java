package io.sluice.node.store;

import java.nio.file.Path;
import java.util.Optional;

/// A store in a process of its own that never stops writing. Says `written N` once epoch and
/// dead letter N are.
final class StoreProcess {
    private StoreProcess() {}

    /// What it is to be started with.
    static String[] arguments(StoreSettings settings) {
        var folder = settings.dir().toString();
        return settings.postgresql()
                .map(server -> new String[] {folder, server.hosts().getFirst(), server.database()})
                .orElseGet(() -> new String[] {folder});
    }

    public static void main(String[] arguments) {
        var server = arguments.length == 1
                ? Optional.<PostgresqlSettings>empty()
                : Optional.of(AnyStore.on(arguments[1], arguments[2]));
        var store = Store.open(new StoreSettings(Path.of(arguments[0]), server, 1_000));
        for (int i = 1; ; i++) {
            store.epochs().next("telemetry");
            store.deadLetters().add(Letters.letter("telemetry", "arrival-" + i));
            System.out.println("written " + i);
        }
    }
}
