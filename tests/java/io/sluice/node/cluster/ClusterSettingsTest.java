package io.sluice.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.node.observe.ManagementSettings;
import io.sluice.node.secret.Secret;
import io.sluice.node.settings.Section;
import io.sluice.node.settings.ServerTls;
import io.sluice.node.settings.SettingsContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("NullAway.Init")
class ClusterSettingsTest implements SettingsContract<ClusterSettings> {
    private static final String PLACE = "command line: sluice.cluster.";

    @TempDir
    private Path folder;

    private ManagementSettings management = new ManagementSettings("127.0.0.1", 7626, Optional.empty());

    @BeforeEach
    void write() throws IOException {
        Files.writeString(folder.resolve("one.pem"), "-----BEGIN CERTIFICATE-----");
        Files.writeString(folder.resolve("other.pem"), "-----BEGIN CERTIFICATE-----");
        Files.writeString(folder.resolve("one.key"), "-----BEGIN PRIVATE KEY-----");
        Files.writeString(folder.resolve("other.key"), "-----BEGIN PRIVATE KEY-----");
    }

    @Override
    public String path() {
        return "sluice.cluster";
    }

    @Override
    public ClusterSettings read(Section section) {
        return ClusterSettings.from(section, management);
    }

    @Override
    public ClusterSettings defaults() {
        return new ClusterSettings(
                "127.0.0.1",
                0,
                Set.of(Role.INGRESS, Role.EXECUTOR, Role.API),
                Optional.empty(),
                new Discovery(
                        Discovery.Method.NONE,
                        new Discovery.Hosts(List.of(), 0),
                        new Discovery.Dns("", 7626, 2),
                        new Discovery.Kubernetes("", "app=sluice", "management", 2)),
                Duration.ofMinutes(2),
                false);
    }

    @Override
    public Map<String, String> changes() {
        var changes = new HashMap<>(Map.of(
                "host", "127.0.0.2",
                "port", "25520",
                "roles", "[ingress]",
                "tls.certificate", folder.resolve("other.pem").toString(),
                "tls.key", folder.resolve("other.key").toString(),
                "tls.ca", folder.resolve("other.pem").toString(),
                "discovery", "dns",
                "hosts.nodes", "[\"10.0.0.1:7626\"]",
                "hosts.needed", "2",
                "join-timeout", "1m"));
        changes.putAll(Map.of(
                "dns.name", "nodes.example.org",
                "dns.port", "7627",
                "dns.needed", "3",
                "kubernetes.namespace", "fleet",
                "kubernetes.label-selector", "app=other",
                "kubernetes.port-name", "probes",
                "kubernetes.needed", "3"));
        return changes;
    }

    @Override
    public Map<String, String> company() {
        return with(tls(), Map.of("dns.name", "sluice"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.8.9.10", "::1", "localhost"})
    void takesLoopback(String host) {
        assertThat(readWith(Map.of("host", host)).host()).isEqualTo(host);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.7", "node-1", "127.0.0.1.example.org"})
    void refusesWhatOthersCanReachWithoutMutualTls(String host) {
        assertThat(problemsWith(Map.of("host", host)))
                .containsExactly(PLACE + "host must be a loopback address such as 127.0.0.1, was " + host
                        + "; beyond it nodes prove themselves to each other: set certificate, key and ca of"
                        + " sluice.cluster.tls");
        assertThat(readWith(with(tls(), Map.of("host", host))).host()).isEqualTo(host);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "", "<getHostAddress>"})
    void refusesWhatIsNoAddressOfThisNodeWithTlsToo(String host) {
        assertThat(problemsWith(with(tls(), Map.of("host", host))))
                .containsExactly(PLACE + "host must be the address at which other nodes reach this one, was " + host);
    }

    @Test
    void tlsIsAllThreeFilesOrNone() {
        assertThat(problemsWith(
                        Map.of("tls.certificate", folder.resolve("one.pem").toString())))
                .allMatch(problem -> problem.endsWith(
                        " must name a PEM file: nodes prove themselves by certificate, key and ca together"))
                .hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            []                 | must name at least one of ingress, executor, api
            [ingress, ingress] | must name each role once, was ingress, ingress
            [worker]           | must be some of ingress, executor, api, was worker
            """)
    void refusesRolesThatAreNone(String roles, String problem) {
        assertThat(problemsWith(Map.of("roles", roles))).containsExactly(PLACE + "roles " + problem);
    }

    @ParameterizedTest
    @CsvSource({"1,0,1", "2,0,2", "3,0,2", "4,0,3", "5,0,3", "5,4,4"})
    void aNewClusterNeedsMoreThanHalfOfTheHosts(int nodes, int needed, int expected) {
        var settings = readWith(hosts(nodes, needed));

        assertThat(settings.discovery().needed()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"3,1", "4,2", "3,4"})
    void refusesAQuorumThatTwoPartsCouldHave(int nodes, int needed) {
        assertThat(problemsWith(hosts(nodes, needed)))
                .containsExactly(PLACE + "hosts.needed must be more than half of " + nodes
                        + " nodes, or a partition could form two clusters, and not more than all, was " + needed);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            []                                   | must name every node, this one too: 127.0.0.1:7626
            ["127.0.0.2:7626"]                   | must name this node too, 127.0.0.1:7626 (sluice.cluster.host and sluice.management.port), was 127.0.0.2:7626
            ["127.0.0.1:7626", "127.0.0.1:7626"] | must name each node once, was 127.0.0.1:7626, 127.0.0.1:7626
            ["127.0.0.1:7626", "x"]              | must name server address: expected host:port such as 10.0.0.1:7626, was x
            """)
    void refusesAListThatCannotBe(String nodes, String problem) {
        assertThat(problemsWith(Map.of("discovery", "hosts", "hosts.nodes", nodes)))
                .anyMatch(found -> found.endsWith("sluice.cluster.hosts.nodes " + problem));
    }

    @Test
    void dnsAndKubernetesNeedANameAndAnAddressInDigits() {
        assertThat(problemsWith(Map.of("discovery", "dns", "host", "localhost", "dns.port", "7627")))
                .satisfiesExactlyInAnyOrder(
                        problem -> assertThat(problem).contains("dns.name must be a name that resolves"),
                        problem -> assertThat(problem).contains("dns.port must be the one of sluice.management.port"),
                        problem -> assertThat(problem).contains("host must be this node's address in digits"));
        assertThat(problemsWith(Map.of(
                        "discovery", "kubernetes", "kubernetes.label-selector", "app=%s", "kubernetes.port-name", "")))
                .hasSize(2);
    }

    @Test
    void othersMustReachTheManagement() {
        var list = Map.of("discovery", "hosts", "host", "10.0.0.7", "hosts.nodes", "[\"10.0.0.7:7626\"]");
        assertThat(problemsWith(with(tls(), list)))
                .singleElement()
                .asString()
                .endsWith("discovery needs a sluice.management.host that other nodes reach, such as 10.0.0.7, was"
                        + " 127.0.0.1");

        management = new ManagementSettings("0.0.0.0", 7626, Optional.empty());
        assertThat(problemsWith(with(tls(), list))).isEmpty();

        management = new ManagementSettings("0.0.0.0", 0, Optional.empty());
        assertThat(problemsWith(with(tls(), list)))
                .anyMatch(problem ->
                        problem.endsWith("discovery needs a sluice.management.port that other nodes know, was 0"));
    }

    @Test
    void aManagementWithTlsIsCheckedByTheAuthorityOfTheNodes() {
        var pem = folder.resolve("one.pem");
        management = new ManagementSettings("127.0.0.1", 7626, Optional.of(new ServerTls(pem, pem, Secret.of(""))));

        assertThat(problemsWith(hosts(1, 0)))
                .singleElement()
                .asString()
                .contains("discovery needs sluice.cluster.tls where management speaks TLS");
        assertThat(readWith(with(tls(), hosts(1, 0))).probesTls()).isTrue();
    }

    private Map<String, String> tls() {
        return Map.of(
                "tls.certificate", folder.resolve("one.pem").toString(),
                "tls.key", folder.resolve("one.key").toString(),
                "tls.ca", folder.resolve("one.pem").toString());
    }

    private static Map<String, String> hosts(int nodes, int needed) {
        var list = new StringBuilder("[");
        for (int i = 1; i <= nodes; i++) {
            list.append("\"127.0.0.").append(i).append(":7626\",");
        }
        return Map.of("discovery", "hosts", "hosts.nodes", list.append("]").toString(), "hosts.needed", needed + "");
    }

    private static Map<String, String> with(Map<String, String> some, Map<String, String> more) {
        var all = new HashMap<>(some);
        all.putAll(more);
        return all;
    }
}
