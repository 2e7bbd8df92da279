package io.sluice.node.access;

import io.sluice.node.catalog.Key;
import io.sluice.node.catalog.Kind;
import io.sluice.node.catalog.Rules.Problem;
import io.sluice.node.secret.PasswordHash;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// What makes users and tokens good. Pure.
public final class AccessRules {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}");
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

    private AccessRules() {}

    /// What would be wrong with users and tokens after a change; somebody must be left who can mend the rest.
    ///
    /// @param all     every definition as it would be, JSON texts
    /// @param changed those that are new, other, or gone
    public static List<Problem> problems(Map<Key, String> all, Set<Key> changed) {
        var problems = new ArrayList<Problem>();
        for (var key : changed) {
            var definition = all.get(key);
            if (definition != null) {
                problems.addAll(problems(key, definition, all));
            } else if (key.kind() == Kind.USER) {
                problems.addAll(tokensWithoutOwner(key, all));
            }
        }
        changed.stream()
                .filter(key -> key.kind() == Kind.USER)
                .findFirst()
                .filter(_ -> problems.isEmpty() && !hasAdmin(all))
                .ifPresent(key -> problems.add(new Problem(
                        key, "%s: expected an admin who is not locked to be left, was none".formatted(key))));
        return problems;
    }

    private static List<Problem> problems(Key key, String definition, Map<Key, String> all) {
        if (!NAME.matcher(key.name()).matches()) {
            return problem(key, "expected a name of 1 to 64 letters, digits, underscores or dashes, was " + key.name());
        }
        try {
            return key.kind() == Kind.USER
                    ? ofUser(key, User.of(key.name(), definition))
                    : ofToken(key, Token.of(key.name(), definition), all);
        } catch (IllegalArgumentException | DateTimeParseException e) {
            return problem(key, "%s cannot be read: %s".formatted(key, e.getMessage()));
        }
    }

    private static List<Problem> ofUser(Key key, User user) {
        return PasswordHash.isKnown(user.hash())
                ? List.of()
                : problem(key, "%s: expected a bcrypt or Argon2 hash as password, was something else".formatted(key));
    }

    private static List<Problem> ofToken(Key key, Token token, Map<Key, String> all) {
        if (!all.containsKey(User.key(token.owner()))) {
            return problem(key, "%s: expected a user as its owner, was %s".formatted(key, token.owner()));
        }
        return DIGEST.matcher(token.digest()).matches()
                ? List.of()
                : problem(key, "%s: expected a SHA-256 digest, was something else".formatted(key));
    }

    private static List<Problem> tokensWithoutOwner(Key user, Map<Key, String> all) {
        return all.entrySet().stream()
                .filter(entry -> entry.getKey().kind() == Kind.TOKEN)
                .filter(entry -> Token.of(entry.getKey().name(), entry.getValue())
                        .owner()
                        .equals(user.name()))
                .map(entry ->
                        new Problem(user, "%s: still owns %s; remove that with it".formatted(user, entry.getKey())))
                .toList();
    }

    private static boolean hasAdmin(Map<Key, String> all) {
        return all.entrySet().stream()
                .filter(entry -> entry.getKey().kind() == Kind.USER)
                .map(entry -> User.of(entry.getKey().name(), entry.getValue()))
                .anyMatch(user -> user.role() == Role.ADMIN && !user.locked());
    }

    private static List<Problem> problem(Key key, String text) {
        return List.of(new Problem(key, text));
    }
}
