package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/// An operating system process of ours with its output in a file. Ends with this process unless [#release()]d: it is
/// asked to, and killed if it does not in time.
final class Child implements AutoCloseable {
    private static final int TAIL_LINES = 25;
    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);

    private final String name;
    private final Path log;
    private final Process process;
    private final Thread hook;
    private volatile boolean paused;

    private Child(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
        this.hook = Thread.ofPlatform().unstarted(this::end);
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /// @param environment added to this process's own
    static Child start(String name, List<String> command, Map<String, String> environment, Path log) {
        try {
            Files.createDirectories(log.toAbsolutePath().getParent());
            var builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().putAll(environment);
            return new Child(name, log, builder.start());
        } catch (IOException e) {
            throw new IllegalStateException(
                    "%s: expected to start %s, was %s".formatted(name, command.getFirst(), e.getMessage()), e);
        }
    }

    long pid() {
        return process.pid();
    }

    boolean alive() {
        return process.isAlive();
    }

    /// @throws IllegalStateException with the end of the log when the process dies or is not ready in time
    void awaitReady(Duration limit, BooleanSupplier ready) {
        var settled = Fleet.await(limit, () -> !process.isAlive() || ready.getAsBoolean());
        if (!process.isAlive()) {
            throw new IllegalStateException("%s: expected to become ready, was ended with code %d; end of %s:%n%s"
                    .formatted(name, process.exitValue(), log, tail()));
        }
        if (!settled) {
            throw new IllegalStateException("%s: expected to be ready within %d s, was not; end of %s:%n%s"
                    .formatted(name, limit.toSeconds(), log, tail()));
        }
    }

    /// SIGKILL; returns when the process is gone.
    void kill() {
        process.destroyForcibly();
        if (!gone(STOP_LIMIT)) {
            throw new IllegalStateException(name + ": expected to die of SIGKILL, was alive after 20 s");
        }
        forget();
    }

    /// SIGTERM, and SIGKILL to what does not end in time.
    ///
    /// @return whether it ended by itself
    boolean stop(Duration limit) {
        var ended = end(limit);
        forget();
        return ended;
    }

    private void end() {
        end(STOP_LIMIT);
    }

    private boolean end(Duration limit) {
        process.destroy();
        // what stands still does not hear
        var ended = !paused && gone(limit);
        if (!ended) {
            process.destroyForcibly();
            gone(STOP_LIMIT);
        }
        return ended;
    }

    /// SIGSTOP; returns when every thread of the process stands still, which on a busy machine is long after the signal
    /// was sent. Where there is no `/proc` it returns at once.
    void pause() {
        paused = true;
        signal("STOP");
        if (!Fleet.await(STOP_LIMIT, this::standsStill)) {
            throw new IllegalStateException(name + ": expected to stand still after SIGSTOP, was running after 20 s");
        }
    }

    /// SIGCONT.
    void resume() {
        signal("CONT");
        paused = false;
    }

    private boolean standsStill() {
        var threads =
                Path.of("/proc", Long.toString(process.pid()), "task").toFile().list();
        return threads == null || Stream.of(threads).allMatch(this::standsStill);
    }

    /// The state stands behind the name, which is in brackets and may hold any character.
    private boolean standsStill(String thread) {
        var stat = Path.of("/proc", Long.toString(process.pid()), "task", thread, "stat");
        try {
            var text = Files.readString(stat);
            return text.startsWith(" T ", text.lastIndexOf(')') + 1);
        } catch (IOException _) {
            return !Files.exists(stat);
        }
    }

    /// @param signal name without SIG
    void signal(String signal) {
        try {
            var sent = new ProcessBuilder("sh", "-c", "kill -" + signal + " " + process.pid())
                    .start()
                    .waitFor();
            if (sent != 0) {
                throw new IllegalStateException("%s: expected to take SIG%s, was gone".formatted(name, signal));
            }
        } catch (IOException e) {
            throw new IllegalStateException(name + ": cannot send SIG" + signal, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(name + ": interrupted while sending SIG" + signal, e);
        }
    }

    /// Lets the process outlive this one.
    void release() {
        forget();
    }

    @Override
    public void close() {
        stop(STOP_LIMIT);
    }

    String tail() {
        try {
            var lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }

    private boolean gone(Duration limit) {
        try {
            return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void forget() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // this process is ending already
        }
    }
}
