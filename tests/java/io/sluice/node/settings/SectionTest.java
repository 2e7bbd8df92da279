package io.sluice.node.settings;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SectionTest {
    private final Problems problems = new Problems();
    private Path file = Path.of("");

    @BeforeEach
    void setUp(@TempDir Path dir) {
        file = dir.resolve("node.conf");
    }

    @Test
    void namesAnUnknownKeyWithFileLineAndNearestName() {
        var section = section("""
                pump {
                  speed = 3
                  preassure = 4
                }
                """);

        section.number("speed", 0, 10);
        section.close();

        assertThat(problems.found()).containsExactly(file + ": 3: pump.preassure is not a key");

        var another = section("pump { speed = 1, sped = 2 }");
        another.number("speed", 0, 10);
        another.close();

        assertThat(problems.found()).contains(file + ": 1: pump.sped is not a key; nearest is speed");
    }

    @Test
    void tellsEveryProblemAtOnceAndGoesOnReading() {
        var section = section("""
                pump {
                  speed = fast
                  load = 11
                  pause = 1m
                  tank = 5k
                  mode = slow
                  label = { a = 1 }
                  on = perhaps
                  names = none
                  weight = 1.5
                  share = 7
                  last = fine
                }
                """);

        section.number("speed", 0, 10);
        section.number("load", 0, 10);
        section.duration("pause", Duration.ZERO, Duration.ofSeconds(30));
        section.bytes("tank", 16 << 10, 16 << 20);
        section.choice("mode", Mode.class);
        section.text("label");
        section.flag("on");
        section.texts("names");
        section.number("weight", 0, 10);
        section.fraction("share", 0, 1);
        section.text("absent");

        assertThat(section.text("last")).isEqualTo("fine");
        assertThat(problems.found())
                .containsExactly(
                        file + ": 2: pump.speed must be a whole number, was fast",
                        file + ": 3: pump.load must be at most 10, was 11",
                        file + ": 4: pump.pause must be at most 30s, was 1m",
                        file + ": 5: pump.tank must be at least 16 KiB, was 5k",
                        file + ": 6: pump.mode must be one of low, very-high, was slow; nearest is low",
                        file + ": 7: pump.label must be a text, was a section",
                        file + ": 8: pump.on must be true or false, was perhaps",
                        file + ": 9: pump.names must be a list of texts, was none",
                        file + ": 10: pump.weight must be a whole number, was 1.5",
                        file + ": 11: pump.share must be at most 1.0, was 7",
                        file + ": 1: pump.absent is missing; it must be a text");
    }

    @Test
    void readsBothEndsOfABound() {
        var section = section("pump { low = 0, high = 10, more = 11 , less = -1, huge = 99999999999 }");

        assertThat(section.number("low", 0, 10)).isZero();
        assertThat(section.number("high", 0, 10)).isEqualTo(10);
        assertThat(problems.found()).isEmpty();

        section.number("more", 0, 10);
        section.number("less", 0, 10);
        section.number("huge", 0, 10);

        assertThat(problems.found())
                .containsExactly(
                        file + ": 1: pump.more must be at most 10, was 11",
                        file + ": 1: pump.less must be at least 0, was -1",
                        file + ": 1: pump.huge must be at most 10, was 99999999999");
    }

    @Test
    void neverShowsASecret() {
        var section = section("""
                pump {
                  password = ["hunter2"]
                  pasword = hunter2
                  parts = [hunter2]
                  user { password = hunter2 }
                }
                """);

        section.secret("password");
        section.text("user");
        section.text("parts");
        section.close();

        assertThat(problems.found()).hasSize(4).noneMatch(problem -> problem.contains("hunter2"));
        assertThat(problems.found()).contains(file + ": 3: pump.pasword is not a key; nearest is password");
    }

    @Test
    void readsASecretThatPrintsAsStars() {
        var secret = section("pump { password = hunter2 }").secret("password");

        assertThat(secret.reveal()).isEqualTo("hunter2");
        assertThat(secret).hasToString("***");
    }

    @Test
    void tellsTheHeirOfAKeyThatIsGone() {
        var gone = new Gone(Map.of(
                "plant.rate", "use plant.speed", "plant.pumps.*.sped", "use speed", "plant.pumps", "never reached"));
        var section = Section.of(
                config("plant { rate = 1, speed = 2\n pumps { p7 { sped = 1 } } }"), "plant", problems, gone);

        section.number("speed", 0, 10);
        section.section("pumps").section("p7");
        section.close();

        assertThat(problems.found())
                .containsExactly(
                        file + ": 1: plant.rate is gone: use plant.speed",
                        file + ": 2: plant.pumps.p7.sped is gone: use speed");
    }

    @Test
    void completesPartsFromATemplateAndNamesABadDefaultOnce() {
        var section = section("""
                pump {
                  template { speed = 1, load = fast, unit { size = 1, colour = red } }
                  parts {
                    a { speed = 2 }
                    b { unit { size = 2 } }
                    c = null
                    d = 4
                  }
                }
                """);

        var parts = section.sections("parts", "template");
        var speeds = parts.values().stream().map(part -> part.number("speed", 0, 10));

        assertThat(parts.keySet()).containsExactly("a", "b");
        assertThat(speeds).containsExactly(2, 1);
        parts.values().forEach(part -> {
            part.number("load", 0, 10);
            part.section("unit").number("size", 0, 1);
        });
        section.close();
        assertThat(problems.found())
                .containsExactly(
                        file + ": 7: pump.parts.d must be a section, was 4",
                        file + ": 2: pump.template.load must be a whole number, was fast",
                        file + ": 5: pump.parts.b.unit.size must be at most 1, was 2",
                        file + ": 2: pump.template.unit.colour is not a key");
    }

    @Test
    void leavesAForeignPartToItsReader() {
        var section = section("pump { motor { volts = 230 } }");

        var motor = section.foreign("motor");
        section.close();

        assertThat(problems.found()).isEmpty();
        motor.close();
        assertThat(problems.found()).containsExactly(file + ": 1: pump.motor.volts is not a key");
    }

    @Test
    void readsDottedNamesWithOrWithoutQuotes() {
        var section = section("pump { names { \"a.b\" = 1, c.d = two, e = [3] } }");

        var names =
                section.textMap("names", (name, _) -> name.equals("c.d") ? Optional.of("is odd") : Optional.empty());

        assertThat(names).isEqualTo(Map.of("a.b", "1"));
        assertThat(problems.found())
                .containsExactly(
                        file + ": 1: pump.names.c.d is odd", file + ": 1: pump.names.e must be a text, was a list");
    }

    @Test
    void readsListsAndWordsInPlaceOfTimes() {
        var section = section("pump { hosts = \"a, b,\", more = [c, d], pause = never, rest = 5ms, bad = often }");

        assertThat(section.textsOrCommas("hosts")).containsExactly("a", "b");
        assertThat(section.textsOrCommas("more")).containsExactly("c", "d");
        assertThat(section.durationOr("never", "pause", Duration.ZERO, Duration.ofSeconds(1)))
                .isEmpty();
        assertThat(section.durationOr("never", "rest", Duration.ZERO, Duration.ofSeconds(1)))
                .contains(Duration.ofMillis(5));
        section.durationOr("never", "bad", Duration.ZERO, Duration.ofSeconds(1));
        section.close();

        assertThat(problems.found())
                .containsExactly(file + ": 1: pump.bad must be never or a time such as 30s, was often");
    }

    @Test
    void toldAScalarInPlaceOfTheSectionItself() {
        Section.of(config("pump = 5"), "pump", problems);

        assertThat(problems.found()).containsExactly(file + ": 1: pump must be a section, was 5");
    }

    private Section section(String hocon) {
        return Section.of(config(hocon), "pump", problems);
    }

    private Config config(String hocon) {
        try {
            return ConfigFactory.parseFile(Files.writeString(file, hocon).toFile());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private enum Mode {
        LOW,
        VERY_HIGH
    }
}
