package io.sluice.node.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LeasesTest {
    private final Leases<String, StringBuilder> leases = new Leases<>(100, StringBuilder::new);

    private List<String> routes() {
        return leases.routes().stream()
                .map(route -> route.target() + " " + route.filter())
                .toList();
    }

    @Test
    void keepsWhatIsToldAgainAndTellsOfChangesOnly() {
        assertThat(leases.renew("a", List.of("x", "y/#"), 0)).isTrue();
        var target = leases.of("a");

        assertThat(leases.renew("a", List.of("x", "y/#"), 90)).isFalse();
        assertThat(leases.expire(189)).isFalse();
        assertThat(leases.renew("a", List.of("z"), 189)).isTrue();

        assertThat(routes()).containsExactly("a z");
        assertThat(leases.of("a").orElseThrow()).isSameAs(target.orElseThrow());
    }

    @Test
    void forgetsWhoIsNotHeardOf() {
        leases.renew("a", List.of("x"), 0);
        leases.renew("b", List.of("x"), 50);

        assertThat(leases.expire(99)).isFalse();
        assertThat(leases.expire(100)).isTrue();
        assertThat(routes()).containsExactly("b x");
        assertThat(leases.of("a")).isEmpty();
    }

    @Test
    void forgetsWhoIsGoneAndWhoWatchesNothing() {
        leases.renew("a", List.of("x"), 0);
        leases.renew("b", List.of("x"), 0);
        leases.renew("c", List.of("x"), 0);

        assertThat(leases.retain(Set.of("a", "b"))).isTrue();
        assertThat(leases.retain(Set.of("a", "b", "d"))).isFalse();
        assertThat(leases.renew("a", List.of(), 1)).isTrue();
        assertThat(leases.renew("a", List.of(), 2)).isFalse();

        assertThat(routes()).containsExactly("b x");
    }
}
