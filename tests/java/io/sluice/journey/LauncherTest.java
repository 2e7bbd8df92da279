package io.sluice.journey;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cli.Sluice;
import io.sluice.cli.Surroundings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the launcher hands on: it runs in a checkout of its own whose JDK and Maven only note how they were called.
class LauncherTest {
    private static final String NO_CONFIG_PROVIDERS = "argument -Dorg.apache.kafka.automatic.config.providers=none";

    /// Notes itself; as a node it writes its pid file, as the one who is to leave an archive it leaves one.
    private static final String JAVA = """
            #!/bin/bash
            { echo started; env; printf 'argument %s\\n' "$@"; } >>"$(dirname "$0")/../seen"
            for word; do
              case $word in
                -XX:ArchiveClassesAtExit=*) echo archive >"${word#*=}" ;;
                --pid-file) named=yes ;;
                *) if [ -n "${named:-}" ]; then echo $$ >"$word"; fi; named= ;;
              esac
            done
            """;

    private static final String MAVEN = """
            #!/bin/bash
            if [[ $* = *verify* ]]; then
              mkdir -p tests/target/surefire-reports
              cat >tests/target/surefire-reports/TEST-x.xml <<'X'
            <testsuite name="io.sluice.journey.XTest" tests="3" errors="0" skipped="2" failures="0">
              <testcase name="one" classname="io.sluice.journey.XTest" time="0.1">
                <skipped message="no &quot;disk&quot; yet" type="x"/>
              </testcase>
              <testcase name="other" classname="io.sluice.journey.XTest" time="0.1">
                <skipped type="org.opentest4j.TestAbortedException"><![CDATA[org.opentest4j.TestAbortedException:\s
            Assumption failed: no right to mount
            \tat io.sluice.journey.XTest.other(XTest.java:1)
            ]]></skipped>
              </testcase>
              <testcase name="two" classname="io.sluice.journey.XTest" time="0.1"/>
            </testsuite>
            X
            fi
            """;

    @TempDir
    private Path root = Path.of("");

    @BeforeEach
    void aCheckout() throws IOException {
        copy(Launcher.script(), "sluice");
        copy(Launcher.root().resolve("deploy/node.jvm"), "deploy/node.jvm");
        write("pom.xml", "<version>9</version>\n");
        write("jdk/release", "JAVA_VERSION=\"25.0.1\"\n");
        script("jdk/bin/javac", "");
        script("jdk/bin/java", JAVA);
        script("tools/mvn", MAVEN);
        script("tools/npm", "");
        for (var module : List.of("src/node", "src/cli", "bench")) {
            write(module + "/target/classpath", module + ".jar");
        }
        Files.createDirectories(root.resolve("hocon"));
        Files.createDirectories(root.resolve("tests/clients"));
    }

    private void copy(Path file, String to) throws IOException {
        script(to, Files.readString(file));
    }

    private void script(String name, String text) throws IOException {
        write(name, text.isEmpty() ? "#!/bin/bash\n" : text);
        assertThat(root.resolve(name).toFile().setExecutable(true)).isTrue();
    }

    private void write(String name, String text) throws IOException {
        var file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private Ran sluice(Map<String, String> environment, String... arguments) {
        var words = new ArrayList<>(List.of("/bin/bash", root.resolve("sluice").toString()));
        words.addAll(List.of(arguments));
        var all = new HashMap<>(Map.of(
                "JAVA_HOME",
                root.resolve("jdk").toString(),
                "PATH",
                root.resolve("tools") + ":" + System.getenv("PATH")));
        all.putAll(environment);
        return Ran.of(words, all);
    }

    /// Environment and arguments of each start of `java`, in their order.
    private List<List<String>> starts() throws IOException {
        return Arrays.stream(Files.readString(root.resolve("jdk/seen")).split("(?m)^started\n"))
                .filter(start -> !start.isEmpty())
                .map(start -> start.lines().toList())
                .toList();
    }

    @Test
    void theNodeOfTheArchiveKnowsNothingOfTheUsersEnvironment() throws IOException {
        var ran = sluice(
                Map.of(
                        "SLUICE_KAFKA_BOOTSTRAP_SERVERS", "kafka.example:9092",
                        "SLUICE_DATA_DIR", "/precious",
                        "SLUICE_JAVA_OPTS", "-Dmine=1",
                        "JDK_JAVA_OPTIONS", "-Dmine=2"),
                "build");

        assertThat(ran.code()).as(ran.all()).isZero();
        assertThat(starts()).singleElement().satisfies(start -> {
            assertThat(start).noneMatch(line -> line.startsWith("SLUICE_") || line.contains("mine"));
            assertThat(start).noneMatch(line -> line.contains("precious") || line.contains("example"));
            assertThat(start)
                    .contains(
                            "argument io.sluice.node.Node",
                            "argument -Dsluice.embedded-kafka.port=0",
                            "argument -Dsluice.embedded-kafka.controller-port=0",
                            "argument -Dsluice.mqtt.listeners.tcp.port=0",
                            "argument -Dsluice.mqtt.listeners.websocket.port=0",
                            "argument -Dsluice.management.port=0",
                            "argument -Dsluice.api.port=0")
                    .anyMatch(line -> line.startsWith("argument -Dsluice.data-dir="));
        });
        assertThat(root.resolve(".sluice/node.jsa")).exists();
    }

    @Test
    void javaOptionsComeAfterOurOwnAndBeforeTheNode() throws IOException {
        var ran = sluice(Map.of("SLUICE_JAVA_OPTS", "-Xmx1g -Dmine=1"), "up", "--config", "my.conf");

        assertThat(ran.code()).as(ran.all()).isZero();
        assertThat(starts().getLast())
                .containsSubsequence(
                        "argument -Xmx512m",
                        "argument -Xmx1g",
                        "argument -Dmine=1",
                        "argument io.sluice.node.Node",
                        "argument --config",
                        "argument my.conf");
    }

    @Test
    void javaOptionsReachTheNodesOfOtherVerbsToo() throws IOException {
        var ran = sluice(Map.of("SLUICE_JAVA_OPTS", "-Xmx1g -Dmine=1"), "demo", "--keep");

        assertThat(ran.code()).as(ran.all()).isZero();
        assertThat(starts().getLast())
                .containsSubsequence("argument io.sluice.bench.Main", "argument demo", "argument --keep")
                .anyMatch(line -> line.startsWith("argument -Dsluice.node.flags=") && line.endsWith("-Xmx1g -Dmine=1"))
                .doesNotContain("argument -Dmine=1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"up", "demo", "chaos", "bench", "status"})
    void noProcessLetsKafkaPropertiesLoadCode(String verb) throws IOException {
        assertThat(sluice(Map.of(), verb).code()).isZero();

        assertThat(starts()).allSatisfy(start -> assertThat(start).contains(NO_CONFIG_PROVIDERS));
    }

    @Test
    void handsEveryVerbOfTheCommandLineOn() throws IOException {
        var surroundings = new Surroundings(Map.of(), InputStream.nullInputStream(), Optional.empty(), ZoneOffset.UTC);
        for (var verb : Sluice.commandLine(surroundings).getSubcommands().keySet()) {
            var ran = sluice(Map.of(), verb, "--some", "a b");

            assertThat(ran.code()).as(ran.all()).isZero();
            assertThat(starts().getLast())
                    .containsSubsequence(
                            "argument io.sluice.cli.Sluice", "argument " + verb, "argument --some", "argument a b");
        }
    }

    @Test
    void withoutMavenItSaysWhichOne() throws IOException {
        var tools = Files.createDirectory(root.resolve("bare"));
        for (var tool : List.of("dirname", "readlink", "grep", "find")) {
            Files.copy(Path.of("/usr/bin", tool), tools.resolve(tool), StandardCopyOption.COPY_ATTRIBUTES);
        }

        var ran = sluice(Map.of("PATH", tools.toString()), "up");

        assertThat(ran.err())
                .isEqualToIgnoringNewLines(
                        "sluice: Maven 3.8 or newer is needed to build; install it (e.g. 'apt-get install maven')");
        assertThat(ran.code()).isEqualTo(2);
    }

    @Test
    void aSkippedTestIsCountedAndToldWithItsReason() {
        var ran = sluice(Map.of(), "test");

        assertThat(ran.code()).as(ran.all()).isZero();
        assertThat(ran.text())
                .contains("3 tests in 1 classes: 1 passed, 0 failed, 2 skipped, 0 min")
                .endsWith("""
                        skipped XTest.one: no "disk" yet
                        skipped XTest.other: no right to mount
                        """);
    }
}
