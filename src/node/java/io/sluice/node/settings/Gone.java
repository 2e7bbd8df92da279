package io.sluice.node.settings;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/// Keys that were renamed or dropped. A file that still has one is refused, and told what to write instead.
///
/// @param cures full key to cure, e.g. `sluice.mqtt.bind` to `use sluice.mqtt.host`; `*` stands for any one free name,
///              as in `sluice.integrations.*.retries`
record Gone(Map<String, String> cures) {
    /// Every key gone since the first release.
    static final Gone KEYS = new Gone(Map.of());

    /// What to write instead of a key, empty if the key never existed.
    Optional<String> cure(String path) {
        return cures.entrySet().stream()
                .filter(gone -> covers(gone.getKey().split("\\."), path.split("\\.")))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    private static boolean covers(String[] gone, String[] path) {
        return gone.length == path.length
                && Arrays.equals(gone, path, (left, right) -> left.equals("*") ? 0 : left.compareTo(right));
    }
}
