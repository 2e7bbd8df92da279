package io.sluice.node.api;

import io.sluice.node.access.AccessSettings;
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

/// Makes the first user, so that nobody ever finds a door without a lock; and opens it again for who lost the key.
final class FirstAdmin {
    private static final Logger log = LoggerFactory.getLogger(FirstAdmin.class);
    private static final String NAME = "admin";

    /// Without those that look alike.
    private static final String LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    private static final int LENGTH = 20;
    private static final int TRIES = 6;

    private FirstAdmin() {}

    /// Makes user `admin` if there is no user, or if the settings ask for it: then an admin of that name who is let in.
    ///
    /// @return the password that was made up: to be shown once
    static Optional<Secret> ensure(Catalogue catalogue, Gate gate, AccessSettings settings) {
        var isFirst = !hasUser(catalogue.state());
        if (!isFirst && !settings.resetAdmin()) {
            return Optional.empty();
        }
        var isMadeUp = settings.adminPassword().isEmpty();
        var password = isMadeUp ? madeUp() : settings.adminPassword();
        var user = User.of(NAME, Role.ADMIN, gate.hash(password));
        if (!isPut(catalogue, user, isFirst)) {
            return Optional.empty(); // another node was first
        }
        if (isFirst) {
            log.info("user [{}] was made, there was no user yet", NAME);
        } else {
            log.warn("user [{}] has the password of the configuration now; take reset-admin out of it", NAME);
        }
        return isMadeUp ? Optional.of(password) : Optional.empty();
    }

    /// Asks again while the store is slow: what was asked before may be stored, and then it is ours all the same.
    private static boolean isPut(Catalogue catalogue, User user, boolean isFirst) {
        var expected = isFirst ? new Change.Absent() : new Change.Anything();
        for (int tries = 1; ; tries++) {
            try {
                catalogue.change(
                        List.of(new Change.Put(User.key(NAME), user.definition(), expected)),
                        isFirst ? "first start" : "reset-admin");
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
