package io.sluice.node.store;

import java.nio.file.Path;

/// A store in a process of its own that never stops writing. Arguments: its folder. Says `written N` once epoch and
/// dead letter N are.
final class StoreProcess {
    private StoreProcess() {}

    public static void main(String[] arguments) {
        var store = Store.open(new StoreSettings(Path.of(arguments[0]), 1_000));
        for (int i = 1; ; i++) {
            store.epochs().next("telemetry", 0);
            store.deadLetters().add(Letters.letter("telemetry", "arrival-" + i));
            System.out.println("written " + i);
        }
    }
}
