package io.sluice.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.node.ForkedJvm;
import io.sluice.node.settings.CannotStart;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Nodes at several loopback addresses find each other, and let in only who may.
@SuppressWarnings("NullAway.Init")
class JoinTest {
    private static final Duration LIMIT = Duration.ofSeconds(40);

    /// Longer than a node that may come in needs.
    private static final Duration WHILE = Duration.ofSeconds(2);

    private static final Duration FAILOVER_LIMIT = Duration.ofSeconds(20);

    private static NodeAuthority authority;
    private static NodeAuthority other;
    private static PeerTls ours;
    private static PeerTls stranger;

    private final List<Peer> peers = new ArrayList<>();
    private int port;

    @BeforeAll
    static void makeCertificates(@TempDir Path folder) throws Exception {
        authority = NodeAuthority.make(folder, "authority");
        other = NodeAuthority.make(folder, "other");
        ours = authority.node("sluice-nodes");
        stranger = other.node("sluice-nodes");
        authority.node("somebody");
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
    void oneOfThreeHostsWaitsForTheSecondAndSaysSo() {
        var first = start(2, hosts());
        await().during(WHILE).atMost(LIMIT).until(() -> !first.isUp());
        assertThat(first.readiness.missing())
                .anyMatch(line -> line.startsWith("joining: a cluster, or 2 nodes to form one, among 127.0.0.1:"));

        awaitTogether(List.of(first, start(3, hosts())));
    }

    @Test
    void whatTheKilledOldestOfThreeHeldIsElsewhereSoon() throws Exception {
        try (var oldest = ForkedJvm.start(Peer.class, definitions(1, hosts()).toArray(String[]::new))) {
            var second = start(2, hosts());
            oldest.await("up");
            var third = start(3, hosts());
            await().atMost(LIMIT)
                    .until(() -> second.up().size() == 3 && third.up().size() == 3);
            await().atMost(LIMIT).until(() -> second.homes().size() == 3);

            oldest.kill();

            await().atMost(FAILOVER_LIMIT)
                    .until(() -> second.homes().size() == 2 && third.homes().size() == 2);
        }
    }

    @Test
    void onlyWhoHasACertificateOfOurAuthorityAndNameComesIn() throws Exception {
        var first = start(1, sealed(ours));
        var second = start(2, sealed(ours));
        awaitTogether(List.of(first, second));

        for (var refused : List.of(sealed(stranger), hosts())) {
            var peer = start(3, refused);
            await().during(WHILE)
                    .atMost(LIMIT)
                    .until(() -> !peer.isUp() && first.up().size() == 2);
            peer.close();
            peers.remove(peer);
        }
        assertThat(isHungUpOn(first, new KeyManager[0])).as("no certificate").isTrue();
        assertThat(isHungUpOn(first, keys(other, "sluice-nodes")))
                .as("another authority")
                .isTrue();
        assertThat(isHungUpOn(first, keys(authority, "somebody")))
                .as("another name")
                .isTrue();
        assertThat(isHungUpOn(first, keys(authority, "sluice-nodes"))).isFalse();

        awaitTogether(List.of(first, second, start(3, sealed(ours))));
    }

    @Test
    void findsOthersByANameAndAsksThemOverTls() throws Exception {
        try (var names = new NameServer(List.of("127.0.0.1", "127.0.0.2"))) {
            var byName = new ArrayList<>(sealed(ours));
            byName.addAll(List.of(
                    "sluice.cluster.discovery=dns",
                    "sluice.cluster.dns.name=nodes.test",
                    "sluice.cluster.dns.port=" + port,
                    "sluice.management.tls.certificate=" + ours.certificate(),
                    "sluice.management.tls.key=" + ours.key(),
                    "pekko.io.dns.async-dns.nameservers=[\"127.0.0.1:%d\"]".formatted(names.port())));

            awaitTogether(List.of(start(1, byName), start(2, byName)));
        }
    }

    @Test
    void aBadCertificateIsToldAtTheStartNotAtTheFirstConnection() throws Exception {
        var elliptic = authority.node("elliptic", "EC");

        assertThatCode(ours::check).doesNotThrowAnyException();
        assertThatThrownBy(new PeerTls(ours.certificate(), ours.key(), other.certificate())::check)
                .isInstanceOf(CannotStart.class)
                .hasMessageStartingWith(
                        "sluice.cluster.tls: expected a valid certificate [%s] signed by the authority [%s]"
                                .formatted(ours.certificate(), other.certificate()));
        assertThatThrownBy(new PeerTls(ours.certificate(), stranger.key(), ours.authority())::check)
                .hasMessageEndingWith(
                        "[%s], was a certificate of another key, or none of RSA".formatted(stranger.key()));
        assertThatThrownBy(elliptic::check).hasMessageEndingWith(", was a certificate of another key, or none of RSA");
        assertThatThrownBy(new PeerTls(ours.certificate(), elliptic.key(), ours.authority())::check)
                .hasMessageEndingWith(", was a key that is not RSA in PKCS #8");
    }

    private static void awaitTogether(List<Peer> together) {
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(together)
                        .allSatisfy(peer -> assertThat(peer.up()).hasSize(together.size())));
        assertThat(together.stream().map(Peer::up).distinct()).hasSize(1);
    }

    /// Whether a node closes a connection of somebody who trusts anybody, as soon as he speaks.
    private static boolean isHungUpOn(Peer peer, KeyManager[] keys) throws Exception {
        var context = SSLContext.getInstance("TLSv1.3");
        context.init(keys, new TrustManager[] {new Credulous()}, null);
        try (var socket = context.getSocketFactory().createSocket(peer.host(), peer.port())) {
            socket.setSoTimeout(1000);
            socket.getOutputStream().write(new byte[] {'A', 'K', 'K', 'A', 1});
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private static KeyManager[] keys(NodeAuthority signer, String name) throws Exception {
        var one = KeyStore.getInstance("PKCS12");
        one.load(null, null);
        var all = signer.store();
        one.setKeyEntry(
                name,
                all.getKey(name, NodeAuthority.password()),
                NodeAuthority.password(),
                all.getCertificateChain(name));
        var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(one, NodeAuthority.password());
        return factory.getKeyManagers();
    }

    /// Trusts anybody, and so shows what the node at the other end checks.
    private static final class Credulous implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    private Peer start(int number, List<String> more) {
        var peer = Peer.start(definitions(number, more));
        peers.add(peer);
        return peer;
    }

    private List<String> definitions(int number, List<String> more) {
        var definitions = new ArrayList<>(List.of(
                "sluice.cluster.host=127.0.0." + number,
                "sluice.management.host=127.0.0." + number,
                "sluice.management.port=" + port));
        definitions.addAll(more);
        return definitions;
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
