package io.sluice.node.api;

import io.sluice.node.access.Gate;
import io.sluice.node.access.Role;
import io.sluice.node.access.User;
import io.sluice.node.catalog.CatalogState;
import io.sluice.node.catalog.Change;
import io.sluice.node.catalog.Kind;
import io.sluice.node.http.ErrorCode;
import io.sluice.node.http.Problem;
import io.sluice.node.secret.Secret;
import io.sluice.node.settings.CannotStart;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the first user, so that nobody ever finds a door without a lock.
final class FirstAdmin {
    private static final Logger log = LoggerFactory.getLogger(FirstAdmin.class);
    private static final String NAME = "admin";

    /// Without those that look alike.
    private static final String LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    private static final int LENGTH = 20;
    private static final int TRIES = 6;

    private FirstAdmin() {}

    /// Makes user `admin` if there is no user.
    ///
    /// @param wanted its password; empty: one is made up
    /// @return the password that was made up: to be shown once
    static Optional<Secret> ensure(Catalogue catalogue, Gate gate, Secret wanted) {
        if (hasUser(catalogue.state())) {
            return Optional.empty();
        }
        var password = wanted.isEmpty() ? madeUp() : wanted;
        var user = User.of(NAME, Role.ADMIN, gate.hash(password));
        if (!isMade(catalogue, user)) {
            return Optional.empty(); // another node was first
        }
        log.info("user [{}] was made, there was no user yet", NAME);
        return wanted.isEmpty() ? Optional.of(password) : Optional.empty();
    }

    /// Asks again while the store is slow: what was asked before may be stored, and then it is ours all the same.
    private static boolean isMade(Catalogue catalogue, User user) {
        for (int tries = 1; ; tries++) {
            try {
                catalogue.change(
                        List.of(new Change.Put(User.key(NAME), user.definition(), new Change.Absent())), "first start");
                return true;
            } catch (Problem problem) {
                if (problem.code() == ErrorCode.PRESENT) {
                    return User.find(catalogue.state(), NAME)
                            .filter(found -> found.hash().equals(user.hash()))
                            .isPresent();
                }
                if (problem.code() != ErrorCode.STORE_AWAY || tries == TRIES) {
                    throw new CannotStart(
                            "api: expected to make user admin, was %s; see the store".formatted(problem.getMessage()),
                            problem);
                }
            }
        }
    }

    private static boolean hasUser(CatalogState catalog) {
        return catalog.entries().keySet().stream().anyMatch(key -> key.kind() == Kind.USER);
    }

    private static Secret madeUp() {
        var password = new StringBuilder(LENGTH);
        new SecureRandom().ints(LENGTH, 0, LETTERS.length()).forEach(index -> password.append(LETTERS.charAt(index)));
        return Secret.of(password.toString());
    }
}
