package io.sluice.node.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RoutesTest {

    /// The examples of MQTT 3.1.1 and 5, section 4.7.
    @ParameterizedTest
    @CsvSource({
        "sport/tennis/player1/#, sport/tennis/player1, true",
        "sport/tennis/player1/#, sport/tennis/player1/ranking, true",
        "sport/tennis/player1/#, sport/tennis/player1/score/wimbledon, true",
        "sport/#, sport, true",
        "#, sport/tennis, true",
        "sport/tennis/+, sport/tennis/player1, true",
        "sport/tennis/+, sport/tennis/player2, true",
        "sport/tennis/+, sport/tennis/player1/ranking, false",
        "sport/+, sport, false",
        "sport/+, sport/, true",
        "+/tennis/#, sport/tennis/x, true",
        "sport/+/player1, sport/tennis/player1, true",
        "+/+, /finance, true",
        "/+, /finance, true",
        "+, /finance, false",
        "#, $SYS/monitor, false",
        "+/monitor/Clients, $SYS/monitor/Clients, false",
        "$SYS/#, $SYS/monitor/Clients, true",
        "$SYS/#, $SYS, true",
        "$SYS/monitor/+, $SYS/monitor/Clients, true",
        "ACCOUNTS, Accounts, false",
        "Accounts payable, Accounts payable, true",
        "/finance, finance, false",
        "finance/, finance, false",
        "a//b, a//b, true",
        "a/+/b, a//b, true",
        "a/b, a//b, false",
        "#, /, true",
        "+/+, /, true",
        "/, /, true",
        "+, $, false",
        "$, $, true",
        "a/$b, a/$b, true",
        "a/+, a/$b, true",
        "a/#, ab, false",
    })
    void matchesAsTheSpecificationSays(String filter, String topic, boolean matches) {
        var routes = Routes.of(List.of(route(filter, "target")));

        assertThat(routes.match(topic)).isEqualTo(matches ? List.of("target") : List.of());
    }

    @Test
    void namesATargetOnceAndInOrderOfItsFirstRoute() {
        var routes = Routes.of(List.of(
                route("a/b", "second"),
                route("#", "first"),
                route("a/+", "second"),
                route("a/b", "third"),
                route("x", "first")));

        assertThat(routes.match("a/b")).containsExactly("second", "first", "third");
        assertThat(routes.match("x")).containsExactly("first");
    }

    @Test
    void replacesAllRoutesAtOnce() {
        var routes = Routes.of(List.of(route("a", "old")));

        routes.replace(List.of(route("b", "new")));

        assertThat(routes.match("a")).isEmpty();
        assertThat(routes.match("b")).containsExactly("new");
    }

    @Test
    void tellsSiblingsWithEqualHashesApart() {
        var routes = Routes.of(List.of(route("Aa", "Aa"), route("BB", "BB")));

        assertThat(routes.match("Aa")).containsExactly("Aa");
        assertThat(routes.match("BB")).containsExactly("BB");
        assertThat(routes.match("AB")).isEmpty();
    }

    @Test
    void finds65TargetsAndMore() {
        var routes = new ArrayList<Route<Integer>>();
        for (int i = 0; i < 1000; i++) {
            routes.add(new Route<>(TopicFilter.parse(i % 2 == 0 ? "#" : "a/" + i), i));
        }

        assertThat(Routes.of(routes).match("a/333"))
                .hasSize(501)
                .contains(0, 998, 333)
                .isSorted();
    }

    static List<Long> seeds() {
        return new Random(20261120).longs(100).boxed().toList();
    }

    /// 100 seeds of 150 topics against up to 40 routes each.
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void agreesWithTheNaiveMatcher(long seed) {
        var random = new Random(seed);
        var list = new ArrayList<Route<Integer>>();
        for (int i = random.nextInt(40); i >= 0; i--) {
            list.add(new Route<>(TopicFilter.parse(filter(random)), random.nextInt(70)));
        }
        var routes = Routes.of(list);

        for (int i = 0; i < 150; i++) {
            var topic = topic(random);
            assertThat(routes.match(topic))
                    .as("seed %d, topic [%s], routes %s", seed, topic, list)
                    .containsExactlyElementsOf(naive(list, topic));
        }
    }

    private static List<Integer> naive(List<Route<Integer>> routes, String topic) {
        var order = new LinkedHashSet<Integer>();
        routes.forEach(route -> order.add(route.target()));
        order.removeIf(target -> routes.stream()
                .noneMatch(route ->
                        route.target().equals(target) && naive(route.filter().text(), topic)));
        return List.copyOf(order);
    }

    private static boolean naive(String filter, String topic) {
        if (topic.startsWith("$") && !filter.startsWith("$")) {
            return false;
        }
        return naive(List.of(filter.split("/", -1)), List.of(topic.split("/", -1)));
    }

    private static boolean naive(List<String> filter, List<String> topic) {
        if (filter.isEmpty()) {
            return topic.isEmpty();
        }
        if (filter.getFirst().equals("#")) {
            return true;
        }
        return !topic.isEmpty()
                && (filter.getFirst().equals("+") || filter.getFirst().equals(topic.getFirst()))
                && naive(filter.subList(1, filter.size()), topic.subList(1, topic.size()));
    }

    private static final List<String> NAMES = List.of("", "a", "b", "Aa", "BB", "$a", "$", "ab", "a b", "é");

    private static String topic(Random random) {
        var levels = new ArrayList<String>();
        for (int i = random.nextInt(5); i >= 0; i--) {
            levels.add(NAMES.get(random.nextInt(NAMES.size())));
        }
        var topic = String.join("/", levels);
        return topic.isEmpty() ? "a" : topic;
    }

    private static String filter(Random random) {
        var levels = new ArrayList<String>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            levels.add(random.nextInt(3) == 0 ? "+" : NAMES.get(random.nextInt(NAMES.size())));
        }
        if (random.nextInt(4) == 0) {
            levels.add("#");
        }
        var filter = String.join("/", levels);
        return filter.isEmpty() ? "#" : filter;
    }

    private static Route<String> route(String filter, String target) {
        return new Route<>(TopicFilter.parse(filter), target);
    }
}
