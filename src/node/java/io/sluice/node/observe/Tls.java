package io.sluice.node.observe;

import io.sluice.node.settings.CannotStart;
import io.sluice.node.settings.ServerTls;
import org.apache.pekko.http.javadsl.ConnectionContext;
import org.apache.pekko.http.javadsl.HttpsConnectionContext;

/// TLS as Pekko's HTTP servers take it.
public final class Tls {
    private Tls() {}

    /// @param where the section, for the error
    /// @throws CannotStart if the files do not hold what they should
    public static HttpsConnectionContext of(ServerTls tls, String where) {
        var context = tls.context(where);
        return ConnectionContext.httpsServer(() -> {
            var engine = context.createSSLEngine();
            engine.setUseClientMode(false);
            engine.setEnabledProtocols(ServerTls.PROTOCOLS.toArray(String[]::new));
            return engine;
        });
    }
}
