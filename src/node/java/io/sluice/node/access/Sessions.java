package io.sluice.node.access;

import io.sluice.node.secret.Secret;
import io.sluice.node.store.StoreFailed;
import io.sluice.node.store.StoredSessions;
import io.sluice.node.store.StoredSessions.Row;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Sessions of people, kept in the store. What was read of one counts for seconds, so that a logout on
/// another node is known here soon, and for minutes while the store is away. Blocks.
final class Sessions {
    private static final Duration FRESH = Duration.ofSeconds(5);
    private static final Duration USABLE = Duration.ofMinutes(5);
    private static final int REMEMBERED_MAX = 10_000;

    /// More than anybody has browsers.
    static final int OF_USER_MAX = 100;

    private record Read(Optional<Row> row, Instant at) {}

    private final StoredSessions kept;
    private final Clock clock;
    private final Map<String, Read> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Read> eldest) {
            return size() > REMEMBERED_MAX;
        }
    };

    Sessions(StoredSessions kept, Clock clock) {
        this.kept = kept;
        this.clock = clock;
    }

    /// Opens one.
    ///
    /// @return what the browser shall hold
    /// @throws StoreFailed if it could not be kept
    Secret open(User user, Instant expires) {
        var now = clock.instant();
        if (kept.count(user.name(), user.stamp(), now) >= OF_USER_MAX) {
            throw new Denied(
                    Denied.Reason.BUSY,
                    "user [%s]: expected at most %d sessions, was one more; log out of some"
                            .formatted(user.name(), OF_USER_MAX));
        }
        var secret = Digest.secret();
        kept.add(new Row(Digest.of(secret), user.name(), user.stamp(), expires), now);
        return Secret.of(secret);
    }

    /// The session with this digest, if it has not ended.
    ///
    /// @throws StoreFailed if nothing is known of it and the store is away
    Optional<Row> find(String id) {
        var now = clock.instant();
        return row(id, now).filter(row -> row.expires().isAfter(now));
    }

    void close(String id) {
        kept.remove(id);
        synchronized (known) {
            known.remove(id);
        }
    }

    private Optional<Row> row(String id, Instant now) {
        Read before;
        synchronized (known) {
            before = known.get(id);
        }
        if (before != null && before.at().plus(FRESH).isAfter(now)) {
            return before.row();
        }
        try {
            var row = kept.find(id);
            remember(id, new Read(row, now));
            return row;
        } catch (StoreFailed e) {
            if (before != null && before.at().plus(USABLE).isAfter(now)) {
                return before.row();
            }
            throw e;
        }
    }

    /// What is not there is not remembered: a stranger could fill the memory with it.
    private void remember(String id, Read read) {
        synchronized (known) {
            if (read.row().isPresent()) {
                known.put(id, read);
            } else {
                known.remove(id);
            }
        }
    }
}
