package io.sluice.node.secret;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.springframework.security.crypto.bcrypt.BCrypt;

/// Makes password hashes, and compares a password with its hash: bcrypt (`$2b$…`) or Argon2
/// (`$argon2id$v=19$m=…,t=…,p=…$salt$hash`).
public final class PasswordHash {
    private static final Pattern BCRYPT = Pattern.compile("\\$2[aby]?\\$\\d\\d\\$[./0-9A-Za-z]{53}");
    private static final Pattern ARGON2 = Pattern.compile(
            "\\$argon2(id|i|d)\\$v=(19|16)\\$m=(\\d{1,8}),t=(\\d{1,4}),p=(\\d{1,3})\\$([A-Za-z0-9+/]{11,})\\$([A-Za-z0-9+/]{22,})");

    /// What OWASP asks of Argon2id at least: 19 MiB, two rounds, one lane.
    private static final int MEMORY_KIB = 19_456;

    private static final int ROUNDS = 2;
    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    private PasswordHash() {}

    /// An Argon2id hash under a new salt. Takes some 20 ms and 19 MiB: never on an event loop.
    public static Secret of(Secret password) {
        var salt = new byte[SALT_BYTES];
        RANDOM.nextBytes(salt);
        var generator = new Argon2BytesGenerator();
        generator.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(MEMORY_KIB)
                .withIterations(ROUNDS)
                .withParallelism(1)
                .withSalt(salt)
                .build());
        var hash = new byte[HASH_BYTES];
        generator.generateBytes(password.reveal().getBytes(StandardCharsets.UTF_8), hash);
        var base64 = Base64.getEncoder().withoutPadding();
        return Secret.of("$argon2id$v=19$m=%d,t=%d,p=1$%s$%s"
                .formatted(MEMORY_KIB, ROUNDS, base64.encodeToString(salt), base64.encodeToString(hash)));
    }

    public static boolean isKnown(Secret hash) {
        return BCRYPT.matcher(hash.reveal()).matches()
                || ARGON2.matcher(hash.reveal()).matches();
    }

    /// Takes as long as the hash asks for: never on an event loop.
    public static boolean matches(Secret password, Secret hash) {
        var argon2 = ARGON2.matcher(hash.reveal());
        if (!argon2.matches()) {
            return BCrypt.checkpw(password.reveal(), hash.reveal());
        }
        var type = switch (argon2.group(1)) {
            case "id" -> Argon2Parameters.ARGON2_id;
            case "i" -> Argon2Parameters.ARGON2_i;
            default -> Argon2Parameters.ARGON2_d;
        };
        var expected = Base64.getDecoder().decode(argon2.group(7));
        var generator = new Argon2BytesGenerator();
        generator.init(new Argon2Parameters.Builder(type)
                .withVersion(Integer.parseInt(argon2.group(2)))
                .withMemoryAsKB(Integer.parseInt(argon2.group(3)))
                .withIterations(Integer.parseInt(argon2.group(4)))
                .withParallelism(Integer.parseInt(argon2.group(5)))
                .withSalt(Base64.getDecoder().decode(argon2.group(6)))
                .build());
        var found = new byte[expected.length];
        generator.generateBytes(password.reveal().getBytes(StandardCharsets.UTF_8), found);
        return MessageDigest.isEqual(expected, found);
    }
}
