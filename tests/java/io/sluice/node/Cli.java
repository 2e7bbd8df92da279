package io.sluice.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.sluice.cli.Sluice;
import io.sluice.cli.Surroundings;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// The command `sluice` in this JVM, with a folder of its own to keep its login in.
final class Cli {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectMapper YAML = new YAMLMapper();

    /// What a command came to.
    record Came(int code, String out, String err) {
        JsonNode json() {
            return read(JSON, out);
        }

        JsonNode yaml() {
            return read(YAML, out);
        }

        String all() {
            return "%d%n%s%n%s".formatted(code, out, err);
        }

        private static JsonNode read(ObjectMapper mapper, String text) {
            try {
                return Objects.requireNonNull(mapper.readTree(text));
            } catch (JsonProcessingException e) {
                throw new UncheckedIOException(text, e);
            }
        }
    }

    private final Map<String, String> environment;
    private final byte[] in;
    private final Optional<Deque<String>> answers;

    private Cli(Map<String, String> environment, byte[] in, Optional<Deque<String>> answers) {
        this.environment = environment;
        this.in = in;
        this.answers = answers;
    }

    /// @param config folder of its login
    static Cli of(OneNode node, Path config) {
        return new Cli(
                Map.of(
                        "XDG_CONFIG_HOME",
                        config.toString(),
                        "SLUICE_URL",
                        "http://127.0.0.1:" + node.node().apiAddress().getPort()),
                new byte[0],
                Optional.empty());
    }

    /// The same, logged in as the first admin.
    static Cli admin(OneNode node, Path config) {
        var cli = of(node, config);
        var came = cli.in(Rest.ADMIN_PASSWORD + "\n").run("login", "--user", "admin", "--password-stdin");
        if (came.code() != 0) {
            throw new IllegalStateException(came.all());
        }
        return cli;
    }

    Cli with(String variable, String value) {
        var all = new HashMap<>(environment);
        all.put(variable, value);
        return new Cli(all, in, answers);
    }

    /// With this on standard input.
    Cli in(String text) {
        return new Cli(environment, text.getBytes(UTF_8), answers);
    }

    /// With somebody at the terminal who answers this.
    Cli answering(String... lines) {
        return new Cli(environment, in, Optional.of(new ArrayDeque<>(List.of(lines))));
    }

    Came run(String... words) {
        var out = new StringWriter();
        var err = new StringWriter();
        var surroundings = new Surroundings(
                environment,
                new ByteArrayInputStream(in),
                answers.map(lines -> new Answering(lines, out)),
                ZoneId.of("Asia/Kolkata"));
        var code = Sluice.commandLine(surroundings)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(words);
        return new Came(code, out.toString(), err.toString());
    }

    private record Answering(Deque<String> lines, StringWriter shown) implements Surroundings.Terminal {
        @Override
        public String line(String prompt) {
            shown.write(prompt);
            return lines.removeFirst();
        }

        @Override
        public String hidden(String prompt) {
            return line(prompt);
        }
    }
}
