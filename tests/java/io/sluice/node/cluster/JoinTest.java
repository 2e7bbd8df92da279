package io.sluice.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Nodes at several loopback addresses find each other, and let in only who may.
@SuppressWarnings("NullAway.Init")
class JoinTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /// As long as a node that may come in needs, twice over.
    private static final Duration WHILE = Duration.ofSeconds(5);

    private static PeerTls ours;
    private static PeerTls otherName;
    private static PeerTls otherAuthority;

    private final List<Peer> peers = new ArrayList<>();
    private int port;

    @BeforeAll
    static void makeCertificates(@TempDir Path folder) throws Exception {
        var authority = NodeAuthority.make(folder, "authority");
        ours = authority.node("sluice-nodes");
        otherName = authority.node("somebody");
        otherAuthority = NodeAuthority.make(folder, "other").node("sluice-nodes");
    }

    @BeforeEach
    void findAPort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            port = socket.getLocalPort();
        }
    }

    @AfterEach
    void stop() {
        peers.forEach(peer -> peer.system().terminate());
        peers.forEach(Peer::close);
    }

    @Test
    void threeHostsMakeOneClusterAndItTakesTwo() {
        var first = start(2, hosts());
        await().during(Duration.ofSeconds(3)).atMost(LIMIT).until(() -> !first.isUp());
        assertThat(first.readiness.missing())
                .anyMatch(line -> line.startsWith("joining: a cluster, or 2 nodes to form one, among 127.0.0.1:"));

        var second = start(3, hosts());
        awaitTogether(List.of(first, second));

        var last = start(1, hosts());
        awaitTogether(List.of(first, second, last));
    }

    @Test
    void onlyWhoHasACertificateOfOurAuthorityAndNameComesIn() {
        var first = start(1, sealed(ours));
        var second = start(2, sealed(ours));
        awaitTogether(List.of(first, second));

        for (var stranger : List.of(sealed(otherAuthority), sealed(otherName), hosts())) {
            var peer = start(3, stranger);
            await().during(WHILE).atMost(LIMIT).until(() -> !peer.isUp() && first.up().size() == 2);
            peer.close();
            peers.remove(peer);
        }

        awaitTogether(List.of(first, second, start(3, sealed(ours))));
    }

    private void awaitTogether(List<Peer> together) {
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(together)
                        .allSatisfy(peer -> assertThat(peer.up()).hasSize(together.size())));
        assertThat(together.stream().map(Peer::up).distinct()).hasSize(1);
    }

    private Peer start(int number, List<String> more) {
        var definitions = new ArrayList<>(List.of(
                "sluice.cluster.host=127.0.0." + number,
                "sluice.management.host=127.0.0." + number,
                "sluice.management.port=" + port));
        definitions.addAll(more);
        var peer = Peer.start(definitions);
        peers.add(peer);
        return peer;
    }

    private List<String> hosts() {
        return List.of(
                "sluice.cluster.discovery=hosts",
                "sluice.cluster.hosts.nodes=127.0.0.1:%d,127.0.0.2:%d,127.0.0.3:%d".formatted(port, port, port));
    }

    private List<String> sealed(PeerTls tls) {
        var definitions = new ArrayList<>(hosts());
        definitions.addAll(List.of(
                "sluice.cluster.tls.certificate=" + tls.certificate(),
                "sluice.cluster.tls.key=" + tls.key(),
                "sluice.cluster.tls.ca=" + tls.authority()));
        return definitions;
    }
}
