package io.sluice.node;

import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// A process of its own with our class path, to be killed.
public final class ForkedJvm implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final Thread reader;
    private final List<String> seen = new ArrayList<>();

    private ForkedJvm(Process process) {
        this.process = process;
        this.reader =
                Thread.ofVirtual().start(() -> process.inputReader().lines().forEach(lines::add));
    }

    public static ForkedJvm start(Class<?> main, String... arguments) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        try {
            return new ForkedJvm(
                    new ProcessBuilder(command).redirectErrorStream(true).start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Waits for a line that begins so, and returns its rest.
    public String await(String beginning) throws InterruptedException {
        return awaitMatch(Pattern.quote(beginning) + ".*").substring(beginning.length());
    }

    /// Waits for a line that matches, and returns it.
    public String awaitMatch(String regex) throws InterruptedException {
        var deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            var line = lines.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (line == null) {
                return fail("process: expected a line like [%s] within %s, was %s".formatted(regex, PATIENCE, seen));
            }
            seen.add(line);
            if (line.matches(regex)) {
                return line;
            }
        }
    }

    /// Writes a line to its standard input.
    public void tell(String line) throws IOException {
        var writer = process.outputWriter();
        writer.write(line + "\n");
        writer.flush();
    }

    /// `kill -9`, and waits until it is gone. What it wrote before can still be read.
    public void kill() throws InterruptedException {
        process.toHandle().destroyForcibly();
        process.waitFor();
    }

    /// The lines nobody waited for, once the process is gone.
    public List<String> remaining() throws InterruptedException {
        reader.join();
        return List.copyOf(lines);
    }

    /// Waits until it ends by itself.
    ///
    /// @return its exit code
    public int awaitExit() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            return fail("process: expected to end within %s, was %s".formatted(PATIENCE, lines));
        }
        return process.exitValue();
    }

    /// Once it is gone it writes no more into a folder that is to be deleted.
    @Override
    public void close() {
        process.toHandle().destroyForcibly();
        process.onExit().join();
    }
}
