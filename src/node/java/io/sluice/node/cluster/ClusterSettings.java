package io.sluice.node.cluster;

import io.sluice.node.observe.ManagementSettings;
import io.sluice.node.settings.Section;
import io.sluice.node.settings.ServerAddress;
import java.net.InetAddress;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Where nodes reach each other, and how they find and trust each other.
///
/// @param host        at which other nodes reach this one
/// @param port        0: any free one
/// @param roles       of this node, at least one
/// @param tls         empty: none, which only loopback may have
/// @param joinTimeout how long a node may look for others before it says so, and be taken in before it starts anew
/// @param probesTls   management, which others ask who is there, speaks TLS
public record ClusterSettings(
        String host,
        int port,
        Set<Role> roles,
        Optional<PeerTls> tls,
        Discovery discovery,
        Duration joinTimeout,
        boolean probesTls) {

    private static final Duration JOIN_TIMEOUT_MIN = Duration.ofSeconds(5);
    private static final Duration JOIN_TIMEOUT_MAX = Duration.ofHours(1);

    public ClusterSettings {
        roles = Set.copyOf(roles);
    }

    /// Reads `sluice.cluster`.
    ///
    /// @param management of this node, which other nodes ask who is there
    public static ClusterSettings from(Section section, ManagementSettings management) {
        var host = section.text("host");
        var settings = new ClusterSettings(
                host,
                section.number("port", 0, 65_535),
                roles(section),
                PeerTls.from(section.section("tls")),
                Discovery.from(section, host + ":" + management.port(), management.port()),
                section.duration("join-timeout", JOIN_TIMEOUT_MIN, JOIN_TIMEOUT_MAX),
                management.tls().isPresent());
        settings.checkHost(section);
        if (settings.findsOthers()) {
            settings.checkManagement(section, management);
        }
        return settings;
    }

    /// Whether this node looks for others; if not, it is a cluster of its own.
    public boolean findsOthers() {
        return discovery.method() != Discovery.Method.NONE;
    }

    private static Set<Role> roles(Section section) {
        var words = section.textsOrCommas("roles");
        var roles = EnumSet.noneOf(Role.class);
        for (var word : words) {
            var role = Role.WORDS.get(word);
            if (role == null) {
                section.problem(
                        "roles", "must be some of %s, was %s".formatted(String.join(", ", Role.WORDS.keySet()), word));
            } else {
                roles.add(role);
            }
        }
        if (words.isEmpty()) {
            section.problem("roles", "must name at least one of " + String.join(", ", Role.WORDS.keySet()));
        }
        if (new HashSet<>(words).size() < words.size()) {
            section.problem("roles", "must name each role once, was " + String.join(", ", words));
        }
        return roles;
    }

    private void checkHost(Section section) {
        if (ServerAddress.isLoopback(host)) {
            return;
        }
        if (host.isBlank() || host.contains("<") || isAny(host)) {
            section.problem("host", "must be the address at which other nodes reach this one, was " + host);
        } else if (tls.isEmpty()) {
            section.problem(
                    "host",
                    "must be a loopback address such as 127.0.0.1, was %s; beyond it nodes prove themselves to each other: set certificate, key and ca of sluice.cluster.tls"
                            .formatted(host));
        }
    }

    private void checkManagement(Section section, ManagementSettings management) {
        if (management.port() == 0) {
            section.problem("discovery", "needs a sluice.management.port that other nodes know, was 0");
        }
        if (ServerAddress.isLoopback(management.host()) && !ServerAddress.isLoopback(host)) {
            section.problem(
                    "discovery",
                    "needs a sluice.management.host that other nodes reach, such as %s, was %s"
                            .formatted(host, management.host()));
        }
        if (probesTls && tls.isEmpty()) {
            section.problem(
                    "discovery",
                    "needs sluice.cluster.tls where management speaks TLS: its ca is what nodes check management by");
        }
        var byAddress =
                Set.of(Discovery.Method.DNS, Discovery.Method.KUBERNETES).contains(discovery.method());
        if (byAddress && !isLiteral(host)) {
            section.problem(
                    "host",
                    "must be this node's address in digits, by which it finds itself among the others, was " + host);
        }
    }

    private static boolean isAny(String host) {
        return List.of("0.0.0.0", "::", "[::]").contains(host);
    }

    private static boolean isLiteral(String host) {
        try {
            var _ = InetAddress.ofLiteral(host);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
