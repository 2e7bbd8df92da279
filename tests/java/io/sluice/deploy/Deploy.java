package io.sluice.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.node.NodeSettings;
import io.sluice.node.settings.Configuration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/// The files below `deploy`, and what makes something of them.
final class Deploy {
    static final Path ROOT = Path.of(System.getProperty("sluice.root", ".."));
    static final Path FOLDER = ROOT.resolve("deploy");
    static final Path CLUSTER_CONF = ROOT.resolve("hocon", "cluster.conf");
    static final List<String> OVERLAYS = List.of("embedded-kafka", "local-kafka", "msk", "confluent");

    /// What an operator would fill in.
    private static final Map<String, String> FILLED_IN = Map.of(
            "SLUICE_STORE_PASSWORD", "store-secret",
            "SLUICE_ADMIN_PASSWORD", "admin-secret",
            "SLUICE_MQTT_PASSWORD_HASH", "$2b$12$" + "a".repeat(53),
            "POSTGRES_PASSWORD", "owner-secret");

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z_]+)(:[-?][^}]*)?}");

    private Deploy() {}

    static String text(String file) {
        return read(FOLDER.resolve(file));
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// With what `<<` brings.
    static JsonNode yaml(String file) {
        Object read = new Yaml(new SafeConstructor(new LoaderOptions())).load(text(file));
        return new ObjectMapper().valueToTree(read);
    }

    /// As compose would put them into text.
    static String variables(String text) {
        return VARIABLE.matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(FILLED_IN.getOrDefault(found.group(1), "")));
    }

    /// Names of the variables in a text, with what compose does if they are not there.
    static List<String> variablesIn(String text) {
        return VARIABLE.matcher(text)
                .results()
                .map(found -> found.group(1))
                .distinct()
                .toList();
    }

    /// What nodes read, as an operator would make it.
    static Path certificates(Path folder) {
        assertThat(run(FOLDER.resolve("certificates.sh").toString(), folder.toString(), "mqtt.example.org", "10.0.0.7"))
                .contains("made");
        return folder;
    }

    /// Reads the configuration as the node does that is given it.
    static NodeSettings settings(List<Path> files, Map<String, String> environment) {
        return NodeSettings.from(new Configuration(files, List.of(), environment).resolve());
    }

    /// What the program says.
    static String run(String... command) {
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            var said = new String(process.getInputStream().readAllBytes(), UTF_8);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(said).isZero();
            return said;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Whether there is such a program.
    static boolean has(String program) {
        var path = new ArrayList<>(List.of(String.valueOf(System.getenv("PATH")).split(":", -1)));
        return path.stream().anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
