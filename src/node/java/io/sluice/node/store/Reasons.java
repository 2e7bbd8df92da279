package io.sluice.node.store;

import java.net.UnknownHostException;
import java.nio.file.FileSystemException;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Finds in a chain of causes the one that says what is wrong.
final class Reasons {
    private Reasons() {}

    /// What the deepest cause says, for H2 wraps "No space left on device" several times; on one line.
    static String deepest(Throwable e) {
        var cause = e.getCause();
        return cause == null ? words(e) : deepest(cause);
    }

    /// The first of a kind.
    static <T extends Throwable> Optional<T> find(@Nullable Throwable e, Class<T> type) {
        if (e == null) {
            return Optional.empty();
        }
        return type.isInstance(e) ? Optional.of(type.cast(e)) : find(e.getCause(), type);
    }

    /// The deepest of a kind.
    static <T extends SQLException> Optional<T> deepest(@Nullable Throwable e, Class<T> type) {
        return find(e, type).map(found -> deepest(found.getCause(), type).orElse(found));
    }

    private static String words(Throwable e) {
        var message = e.getMessage();
        return switch (e) {
            case UnknownHostException _ -> "unknown host " + message;
            case FileSystemException file
            when file.getReason() == null -> e.getClass().getSimpleName() + " " + message;
            default -> message == null ? e.getClass().getSimpleName() : line(message);
        };
    }

    /// The first line, to be followed by a cure.
    private static String line(String message) {
        var line = message.lines().findFirst().orElse("").strip();
        return line.endsWith(".") ? line.substring(0, line.length() - 1) : line;
    }
}
