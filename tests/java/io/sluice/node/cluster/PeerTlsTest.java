package io.sluice.node.cluster;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.node.settings.CannotStart;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerTlsTest {

    @Test
    void toldAtTheStartNotAtTheFirstConnection(@TempDir Path folder) throws Exception {
        var authority = NodeAuthority.make(folder, "authority");
        var one = authority.node("one");
        var two = authority.node("two");
        var elliptic = authority.node("three", "EC");
        var other = NodeAuthority.make(folder, "other");

        assertThatCode(one::check).doesNotThrowAnyException();

        var expected = "sluice.cluster.tls: expected a valid certificate [%s] signed by the authority [%s]";
        assertThatThrownBy(new PeerTls(one.certificate(), one.key(), other.certificate())::check)
                .isInstanceOf(CannotStart.class)
                .hasMessageStartingWith(expected.formatted(one.certificate(), other.certificate()));
        assertThatThrownBy(new PeerTls(one.certificate(), two.key(), authority.certificate())::check)
                .hasMessageEndingWith("[%s], was a certificate of another key, or none of RSA".formatted(two.key()));
        assertThatThrownBy(elliptic::check).hasMessageEndingWith(", was a certificate of another key, or none of RSA");
        assertThatThrownBy(new PeerTls(one.certificate(), elliptic.key(), authority.certificate())::check)
                .hasMessageEndingWith(", was a key that is not RSA in PKCS #8");
    }
}
