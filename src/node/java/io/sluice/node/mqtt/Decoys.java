package io.sluice.node.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.node.secret.Secret;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The hashes that passwords of unknown users are compared with, so that an unknown name costs as much as a known one.
///
/// Users' hashes may differ in cost. An unknown name always meets the same one, also after a restart, and which one
/// only who knows the hashes can say: so its time tells nothing.
final class Decoys {
    /// A user of no password.
    private static final Secret NOBODY = Secret.of("$2b$10$WPjKPmWFXUxkDNpWcBOYbO3YMZo8no57wdMCBBSss6GeW4GkWlN3y");

    private static final String ALGORITHM = "HmacSHA256";

    private final List<Secret> hashes;
    private final SecretKeySpec key;

    Decoys(Map<String, MqttSettings.User> users) {
        var known = users.values().stream()
                .map(MqttSettings.User::passwordHash)
                .filter(hash -> !hash.isEmpty())
                .sorted(Comparator.comparing(Secret::reveal))
                .toList();
        hashes = known.isEmpty() ? List.of(NOBODY) : known;
        var all = hashes.stream().map(Secret::reveal).collect(Collectors.joining("\n"));
        key = new SecretKeySpec(all.getBytes(UTF_8), ALGORITHM);
    }

    Secret of(String username) {
        try {
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            var code = ByteBuffer.wrap(mac.doFinal(username.getBytes(UTF_8))).getInt();
            return hashes.get(Math.floorMod(code, hashes.size()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(ALGORITHM + ": expected in every Java runtime, was not", e);
        }
    }
}
