package io.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Dashboard and alerts name metrics and labels that a node has.
class MetricsShownTest {
    private static final Pattern SELECTED = Pattern.compile("([a-z_]+)\\{([^}]*)}|\\b((?:sluice|jvm|process)_[a-z_]+)");
    private static final Pattern LABEL = Pattern.compile("([a-z]+)=~?\"");
    private static final Pattern BY = Pattern.compile("\\bby \\(([^)]*)\\)");

    /// What Prometheus itself adds to each.
    private static final Set<String> OF_PROMETHEUS = Set.of("job", "instance");

    private final Map<String, Set<String>> metrics = metrics();

    @Test
    void theDashboardShowsWhatThereIs() throws IOException {
        var dashboard = new ObjectMapper().readTree(Deploy.text("grafana/dashboard.json"));
        var expressions = new ArrayList<String>();
        dashboard.findValues("expr").forEach(each -> expressions.add(each.asText()));

        assertThat(expressions)
                .hasSizeGreaterThan(20)
                .allSatisfy(each -> assertThat(unknown(each)).isEmpty());
        assertThat(dashboard.findValues("id").stream().map(JsonNode::asInt)).doesNotHaveDuplicates();
    }

    @Test
    void theAlertsWatchWhatThereIs() {
        var expressions = Deploy.yaml("prometheus/alerts.yaml").findValues("expr");

        assertThat(expressions)
                .hasSizeGreaterThan(8)
                .allSatisfy(each -> assertThat(unknown(each.asText())).isEmpty());
    }

    @Test
    void seesANameThatIsNoMetricAndALabelThatItLacks() {
        assertThat(unknown("sum by (task) (rate(sluice_received_mesages_total{qos=\"1\"}[5m]))"))
                .containsExactly("sluice_received_mesages_total");
        assertThat(unknown("max by (integration) (sluice_connections{integration=~\"$integration\"})"))
                .containsExactly("by integration", "sluice_connections{integration}");
    }

    /// Metrics, labels and groupings of the expression that no node has.
    private Set<String> unknown(String expression) {
        var unknown = new TreeSet<String>();
        var labels = new TreeSet<>(OF_PROMETHEUS);
        SELECTED.matcher(expression).results().forEach(found -> {
            var name = found.group(1) == null ? found.group(3) : found.group(1);
            var known = metrics.get(name);
            if (known == null) {
                unknown.add(name);
                return;
            }
            labels.addAll(known);
            if (found.group(2) != null) {
                LABEL.matcher(found.group(2))
                        .results()
                        .map(label -> label.group(1))
                        .filter(label -> !known.contains(label) && !OF_PROMETHEUS.contains(label))
                        .forEach(label -> unknown.add("%s{%s}".formatted(name, label)));
            }
        });
        if (unknown.stream().allMatch(each -> each.contains("{"))) {
            BY.matcher(expression)
                    .results()
                    .flatMap(found -> List.of(found.group(1).split(", ", -1)).stream())
                    .filter(label -> !labels.contains(label))
                    .forEach(label -> unknown.add("by " + label));
        }
        return unknown;
    }

    private static Map<String, Set<String>> metrics() {
        var metrics = new HashMap<String, Set<String>>();
        Deploy.read(Deploy.ROOT.resolve("tests/golden/metrics.txt")).lines().forEach(line -> {
            var words = line.split(" ", 2);
            metrics.put(words[0], words.length == 1 ? Set.of() : Set.of(words[1].split(",", -1)));
        });
        var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        registry.scrape().lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            var found = Pattern.compile("([a-z_]+)(?:\\{([^}]*)})? .*").matcher(line);
            if (found.matches()) {
                var labels = metrics.computeIfAbsent(found.group(1), _ -> new TreeSet<>());
                if (found.group(2) != null) {
                    LABEL.matcher(found.group(2)).results().forEach(label -> labels.add(label.group(1)));
                }
            }
        });
        metrics.put("up", Set.of());
        return metrics;
    }
}
