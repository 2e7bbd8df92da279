package io.sluice.node.observe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What a scrape finds. A name or label that changes breaks somebody's dashboard, so it breaks this test first.
class MetersTest {
    private static final Pattern SAMPLE = Pattern.compile("^(\\w+)(?:\\{([^}]*)})? .*$");
    private static final Pattern ROW = Pattern.compile("^\\| (`sluice_[^|]*) \\| ([^|]*) \\|.*$");
    private static final Pattern NAME = Pattern.compile("`(\\w+)`");
    private static final Path OPERATING = Path.of(System.getProperty("sluice.root", ".."), "docs", "operating.md");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"(?:[^\"\\\\]|\\\\.)*\"");

    @Test
    void namesUnitsAndLabelsAreTheDocumentedOnes() throws Exception {
        var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

        registerAll(new Meters(registry));

        assertThat(String.join("\n", samples(registry.scrape())) + "\n").isEqualTo(golden());
    }

    @Test
    void theTableForOperatorsHasAllOfThemAndNoOther() throws Exception {
        assertThat(documented()).containsExactlyInAnyOrderElementsOf(meters());
    }

    @Test
    void forgetsWhatIsGoneAndNothingElse() {
        var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        var meters = new Meters(registry);
        for (var integration : List.of("a", "b")) {
            meters.routed(integration);
            meters.heldBytes(integration, 0, () -> 0);
            meters.heldBytes(integration, 1, () -> 0);
        }
        meters.received("tcp", 1);

        meters.forget("a", 1);
        assertThat(registry.getMeters()).hasSize(6);
        assertThat(registry.find("sluice.handover.held.bytes")
                        .tag("integration", "a")
                        .gauges())
                .singleElement()
                .satisfies(gauge -> assertThat(gauge.getId().getTag("task")).isEqualTo("0"));

        meters.forget("a");
        assertThat(registry.getMeters())
                .hasSize(4)
                .noneSatisfy(
                        meter -> assertThat(meter.getId().getTag("integration")).isEqualTo("a"));
    }

    /// Calls every method of [Meters] but `forget` once, so that a new meter cannot be forgotten here.
    private static void registerAll(Meters meters) throws InvocationTargetException, IllegalAccessException {
        var methods = Arrays.stream(Meters.class.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .filter(method -> !method.getName().equals("forget"))
                .sorted(Comparator.comparing(Method::getName))
                .toList();
        for (var method : methods) {
            var arguments = Arrays.stream(method.getParameterTypes())
                    .map(MetersTest::anArgument)
                    .toArray();
            method.invoke(meters, arguments);
        }
    }

    private static Object anArgument(Class<?> type) {
        if (type == int.class) {
            return 1;
        }
        if (type == Supplier.class) {
            return (Supplier<Number>) () -> 1;
        }
        return type.isEnum() ? type.getEnumConstants()[0] : "a";
    }

    /// `name label,label`, each once.
    private static Set<String> samples(String scrape) {
        var found = new TreeSet<String>();
        for (var line : scrape.lines().filter(line -> !line.startsWith("#")).toList()) {
            var sample = SAMPLE.matcher(line);
            assertThat(sample.matches()).as(line).isTrue();
            var labels = new TreeSet<String>();
            if (sample.group(2) != null) {
                LABEL.matcher(sample.group(2)).results().forEach(label -> labels.add(label.group(1)));
            }
            found.add((sample.group(1) + " " + String.join(",", labels)).strip());
        }
        return found;
    }

    /// `name label,label` of each meter: what a histogram or a summary adds to its name and labels is Prometheus's own.
    private static Set<String> meters() throws Exception {
        var meters = new TreeSet<String>();
        for (var sample : golden().lines().toList()) {
            var parts = sample.split(" ", 2);
            var name = parts[0].replaceFirst("_(bucket|count|max|sum)$", "");
            meters.add(name + " " + labels(parts.length == 1 ? "" : parts[1]));
        }
        return meters;
    }

    /// The same of the rows in docs/operating.md. A row may name several.
    private static List<String> documented() throws Exception {
        var meters = new ArrayList<String>();
        for (var line : Files.readAllLines(OPERATING)) {
            var row = ROW.matcher(line);
            if (row.matches()) {
                NAME.matcher(row.group(1))
                        .results()
                        .forEach(name -> meters.add(name.group(1) + " " + labels(row.group(2))));
            }
        }
        return meters;
    }

    private static String labels(String listed) {
        var labels = new TreeSet<>(List.of(listed.strip().split(", *")));
        labels.remove("le");
        return String.join(",", labels);
    }

    private static String golden() throws Exception {
        try (var file = Objects.requireNonNull(MetersTest.class.getResourceAsStream("/golden/metrics.txt"))) {
            return new String(file.readAllBytes(), UTF_8);
        }
    }
}
