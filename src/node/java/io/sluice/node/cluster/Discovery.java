package io.sluice.node.cluster;

import io.sluice.node.settings.Section;
import io.sluice.node.settings.ServerAddress;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;

/// How nodes find each other: by the addresses at which their management answers.
///
/// @param method     in force; the settings of the others are only read
/// @param hosts      by a list of all nodes
/// @param dns        by a name that resolves to every node
/// @param kubernetes by the labels of their pods
public record Discovery(Method method, Hosts hosts, Dns dns, Kubernetes kubernetes) {

    /// Ways to find others.
    public enum Method {
        NONE,
        HOSTS,
        DNS,
        KUBERNETES
    }

    /// @param nodes  `host:port` of the management of every node, this one among them
    /// @param needed how many must answer before a new cluster is formed; 0: more than half
    public record Hosts(List<String> nodes, int needed) {
        public Hosts {
            nodes = List.copyOf(nodes);
        }

        private static final int NODES_MAX = 100;

        static Hosts from(Section section) {
            var nodes = section.textsOrCommas("nodes");
            for (var node : nodes) {
                try {
                    ServerAddress.check(node, "10.0.0.1:7626");
                } catch (IllegalArgumentException e) {
                    section.problem("nodes", "must name " + e.getMessage());
                }
            }
            return new Hosts(nodes, section.number("needed", 0, NODES_MAX));
        }

        private void check(Section section, String self) {
            if (nodes.isEmpty()) {
                section.problem("nodes", "must name every node, this one too: " + self);
                return;
            }
            if (new HashSet<>(nodes).size() < nodes.size()) {
                section.problem("nodes", "must name each node once, was " + String.join(", ", nodes));
            }
            if (!nodes.contains(self)) {
                section.problem(
                        "nodes",
                        "must name this node too, %s (sluice.cluster.host and sluice.management.port), was %s"
                                .formatted(self, String.join(", ", nodes)));
            }
            if (needed != 0 && (needed <= nodes.size() / 2 || needed > nodes.size())) {
                section.problem(
                        "needed",
                        "must be more than half of %d nodes, or a partition could form two clusters, and not more than all, was %d"
                                .formatted(nodes.size(), needed));
            }
        }

        private int majority() {
            return needed == 0 ? nodes.size() / 2 + 1 : needed;
        }
    }

    /// @param name   with an address record for every node
    /// @param port   of the management of all of them
    /// @param needed how many must answer before a new cluster is formed
    public record Dns(String name, int port, int needed) {
        static Dns from(Section section) {
            return new Dns(section.text("name"), section.number("port", 1, 65_535), neededOf(section));
        }

        private void check(Section section, int managementPort) {
            if (name.isBlank()) {
                section.problem("name", "must be a name that resolves to every node, e.g. sluice.example.org");
            }
            if (port != managementPort) {
                section.problem(
                        "port",
                        "must be the one of sluice.management.port, %d, was %d".formatted(managementPort, port));
            }
        }
    }

    /// @param namespace     of the pods; empty: that of this one
    /// @param labelSelector of the pods
    /// @param portName      of the container's port for management
    /// @param needed        how many must answer before a new cluster is formed
    public record Kubernetes(String namespace, String labelSelector, String portName, int needed) {
        private static final Pattern SELECTOR = Pattern.compile("[^%\\s][^%]*");

        static Kubernetes from(Section section) {
            return new Kubernetes(
                    section.text("namespace"),
                    section.text("label-selector"),
                    section.text("port-name"),
                    neededOf(section));
        }

        private void check(Section section) {
            if (!SELECTOR.matcher(labelSelector).matches()) {
                section.problem("label-selector", "must select labels such as app=sluice, was " + labelSelector);
            }
            if (portName.isBlank()) {
                section.problem("port-name", "must name the container's port for management");
            }
        }
    }

    private static final int NEEDED_MAX = 1000;

    /// Reads the keys of discovery of `sluice.cluster`.
    ///
    /// @param self `host:port` of this node's management, as others would call it
    static Discovery from(Section cluster, String self, int managementPort) {
        var hosts = cluster.section("hosts");
        var dns = cluster.section("dns");
        var kubernetes = cluster.section("kubernetes");
        var found = new Discovery(
                cluster.choice("discovery", Method.class),
                Hosts.from(hosts),
                Dns.from(dns),
                Kubernetes.from(kubernetes));
        switch (found.method()) {
            case NONE -> {}
            case HOSTS -> found.hosts().check(hosts, self);
            case DNS -> found.dns().check(dns, managementPort);
            case KUBERNETES -> found.kubernetes().check(kubernetes);
        }
        return found;
    }

    /// How many nodes make a new cluster.
    public int needed() {
        return switch (method) {
            case NONE -> 1;
            case HOSTS -> hosts.majority();
            case DNS -> dns.needed();
            case KUBERNETES -> kubernetes.needed();
        };
    }

    /// Where others are looked for, for people.
    public String place() {
        return switch (method) {
            case NONE -> "nowhere";
            case HOSTS -> String.join(", ", hosts.nodes());
            case DNS -> "%s:%d".formatted(dns.name(), dns.port());
            case KUBERNETES -> "pods with " + kubernetes.labelSelector();
        };
    }

    private static int neededOf(Section section) {
        return section.number("needed", 1, NEEDED_MAX);
    }
}
