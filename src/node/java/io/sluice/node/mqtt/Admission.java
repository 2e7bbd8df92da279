package io.sluice.node.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.handler.ssl.SslHandler;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The way from the door to CONNACK: place, limits, identity, will, session.
final class Admission {
    private static final Logger log = LoggerFactory.getLogger(Admission.class);

    /// Whoever has no place has this long to say which version it is to be told so in.
    private static final Duration DOORSTEP_TIME = Duration.ofSeconds(1);

    private final Ingress ingress;
    private final MqttSettings settings;

    Admission(Ingress ingress) {
        this.ingress = ingress;
        this.settings = ingress.settings;
    }

    /// A socket was accepted; its client has some time to say who it is.
    void arrive(Connection connection) {
        var place = connection.place();
        if (place != Places.Place.INSIDE) {
            ingress.counts.connect("connections-max");
        }
        if (place == Places.Place.NONE || ingress.isDraining()) {
            connection.wire().closeNow();
            return;
        }
        var timeout = settings.connectTimeout();
        if (place == Places.Place.DOORSTEP && timeout.compareTo(DOORSTEP_TIME) > 0) {
            timeout = DOORSTEP_TIME;
        }
        var why = "expected a CONNECT within %d ms, was none".formatted(timeout.toMillis());
        connection.wire().after(timeout.toNanos(), () -> connection.refuse(Reason.UNSPECIFIED_ERROR, why));
    }

    /// Says and counts who does not come in; one without a place was counted when it came, and there may be
    /// many.
    void refused(Connection connection, Reason reason, String why) {
        var remote = connection.wire().remote();
        if (connection.place() == Places.Place.INSIDE) {
            log.info("refused client from [{}]: {}, {}", remote, reason.label(), why);
            ingress.counts.connect(reason.label());
        } else {
            log.debug("refused client from [{}]: {}, {}", remote, reason.label(), why);
        }
    }

    /// Answers the CONNECT, at once or later, on the connection's loop.
    ///
    /// @throws Refusal if it cannot be accepted, whoever the client is
    void admit(Connection connection, Packet.Connect connect) {
        if (connection.place() != Places.Place.INSIDE) {
            throw new Refusal(
                    Reason.SERVER_BUSY,
                    "connections: expected at most %d, was one more".formatted(settings.connectionsMax()));
        }
        var clientId = clientId(connect);
        if (!connect.authenticationMethod().isEmpty()) {
            throw new Refusal(
                    Reason.BAD_AUTHENTICATION_METHOD,
                    "authentication method: expected none, was " + Shown.of(connect.authenticationMethod()));
        }
        var certificateName = certificateName(connection);
        var wanted = new AtomicBoolean(true);
        var _ = connection.gone().thenRun(() -> wanted.set(false));
        limitTime(connection, wanted);
        ingress.credentials.identify(
                connect.username(), connect.password(), certificateName, connection.isLoopback(), wanted, verdict -> {
                    Runnable judge = () -> judge(connection, connect, clientId, certificateName, wanted, verdict);
                    if (connection.wire().loop().inEventLoop()) {
                        answered(connection, clientId, judge);
                    } else {
                        connection.wire().onLoop(() -> answered(connection, clientId, judge));
                    }
                });
    }

    /// Until it is admitted a connection is not read, so nobody would notice that the client left. Its timer ends when
    /// it is live.
    private void limitTime(Connection connection, AtomicBoolean wanted) {
        if (!connection.isAdmitting()) {
            return;
        }
        var timeout = settings.connectTimeout();
        connection.wire().after(timeout.toNanos(), () -> {
            wanted.set(false);
            connection.refuse(
                    Reason.SERVER_BUSY, "expected to be admitted within %d ms, was not".formatted(timeout.toMillis()));
        });
    }

    /// Nothing else closes a connection that is not admitted yet, so whatever fails is an answer too.
    private static void answered(Connection connection, String clientId, Runnable step) {
        try {
            step.run();
        } catch (Refusal refusal) {
            connection.refuse(refusal.reason(), "client [" + Shown.of(clientId) + "]: " + refusal.getMessage());
        } catch (RuntimeException e) {
            log.error("client [{}] could not be admitted", Shown.of(clientId), e);
            connection.refuse(Reason.UNSPECIFIED_ERROR, "client [" + Shown.of(clientId) + "]: the listener failed");
        }
    }

    /// Seconds a session may outlive its connection.
    long capped(long wishedSeconds) {
        return Math.min(wishedSeconds, settings.sessionExpiryMax().toSeconds());
    }

    private void judge(
            Connection connection,
            Packet.Connect connect,
            String clientId,
            String certificateName,
            AtomicBoolean wanted,
            Credentials.Verdict verdict) {
        switch (verdict) {
            case Credentials.Verdict.Refused(var reason, var why) ->
                connection.refuse(reason, "client [" + Shown.of(clientId) + "]: " + why);
            case Credentials.Verdict.Known(var username, var rights) -> {
                connection.loggedIn();
                var permissions = Permissions.of(rights, clientId, username);
                var identity = new Publishes.Identity(username, certificateName, permissions);
                checkWill(connect, permissions);
                settle(connection, connect, clientId, identity, wanted);
            }
        }
    }

    /// Goes to the loop of the client's session, if need be more than once.
    private void settle(
            Connection connection,
            Packet.Connect connect,
            String clientId,
            Publishes.Identity identity,
            AtomicBoolean wanted) {
        if (!connection.isAdmitting() || !wanted.get()) {
            return;
        }
        var loop = connection.wire().loop();
        var expiry = capped(wishedExpiry(connect));
        var owner = Session.Owner.of(identity.username(), identity.certificateName());
        switch (ingress.sessions.claim(clientId, owner, connect.clean(), expiry > 0, loop)) {
            case Sessions.Claim.Foreign(var other) ->
                connection.refuse(
                        Reason.NOT_AUTHORIZED,
                        "client [%s]: expected %s, whose session it is, was %s"
                                .formatted(Shown.of(clientId), other, owner));
            case Sessions.Claim.Elsewhere(var other) -> {
                connection.wire().stopTimer();
                connection.wire().move(other, () -> {
                    limitTime(connection, wanted);
                    answered(connection, clientId, () -> settle(connection, connect, clientId, identity, wanted));
                });
            }
            case Sessions.Claim.Yours(var session, var present) -> {
                try {
                    accept(connection, connect, session, present, identity);
                } catch (RuntimeException e) {
                    connection.refuse(Reason.UNSPECIFIED_ERROR, "the listener failed");
                    session.end();
                    throw e;
                }
            }
        }
    }

    private void accept(
            Connection connection,
            Packet.Connect connect,
            Session session,
            boolean present,
            Publishes.Identity identity) {
        var intake = ingress.intakes.get(session.loop());
        if (intake == null) {
            throw new IllegalStateException("event loop: expected an intake for it, was none");
        }
        var wishedExpiry = wishedExpiry(connect);
        var expiry = capped(wishedExpiry);
        var keepAliveMax = (int) settings.keepAliveMax().toSeconds();
        var keepAlive = connect.version() == 5 && (connect.keepAlive() == 0 || connect.keepAlive() > keepAliveMax)
                ? keepAliveMax
                : connect.keepAlive();
        var admitted = new Admitted(
                session,
                new Publishes(connection, session, identity, intake, ingress, connect.version()),
                new Subscriptions(connection, session.subscribed(), identity.permissions(), ingress),
                connect.will(),
                expiry,
                keepAlive,
                connect.packetMax());
        if (connect.version() == 4) {
            PacketWriter.accepted(connection.wire().out(), present);
        } else {
            var terms = new PacketWriter.Terms(
                    settings.receiveMaximum(),
                    settings.limits().packet(),
                    settings.topicAliasMaximum(),
                    connect.clientId().isEmpty() ? session.clientId() : "",
                    expiry == wishedExpiry ? -1 : expiry,
                    keepAlive == connect.keepAlive() ? -1 : keepAlive);
            PacketWriter.accepted(connection.wire().out(), present, terms);
        }
        connection.wire().stopTimer();
        connection.live(admitted);
        admitted.subscriptions().resume();
    }

    private String clientId(Packet.Connect connect) {
        var clientId = connect.clientId();
        if (clientId.isEmpty()) {
            if (connect.version() == 4 && !connect.clean()) {
                throw new Refusal(
                        Reason.CLIENT_ID_NOT_VALID, "client id: expected one with clean session 0, was empty");
            }
            return "auto-" + UUID.randomUUID();
        }
        var length = clientId.getBytes(UTF_8).length;
        if (length > settings.limits().clientId()) {
            throw new Refusal(
                    Reason.CLIENT_ID_NOT_VALID,
                    "client id [%s]: expected at most %d bytes, was %d"
                            .formatted(Shown.of(clientId), settings.limits().clientId(), length));
        }
        return clientId;
    }

    private void checkWill(Packet.Connect connect, Permissions permissions) {
        if (connect.will().isEmpty()) {
            return;
        }
        var will = connect.will().get();
        if (will.retain() && connect.version() == 5) {
            throw new Refusal(Reason.RETAIN_NOT_SUPPORTED, "will: expected retain 0, was 1");
        }
        will.topic().check(settings.limits().topicLevels());
        if (!permissions.mayPublish(will.topic().name())) {
            throw new Refusal(
                    Reason.NOT_AUTHORIZED,
                    "will topic [" + Shown.of(will.topic().name()) + "]: not permitted to publish");
        }
    }

    /// Seconds. A 3.1.1 session without clean start lasts as long as the node lets it.
    private static long wishedExpiry(Packet.Connect connect) {
        if (connect.version() == 4) {
            return connect.clean() ? 0 : Long.MAX_VALUE;
        }
        return Math.max(0, connect.sessionExpiry());
    }

    /// Common name of the client's certificate, empty if it showed none. TLS has checked the certificate by now.
    private static String certificateName(Connection connection) {
        var tls = connection.wire().context().pipeline().get(SslHandler.class);
        if (tls == null) {
            return "";
        }
        try {
            var certificate = tls.engine().getSession().getPeerCertificates()[0];
            if (certificate instanceof X509Certificate x509) {
                for (var part : new LdapName(x509.getSubjectX500Principal().getName()).getRdns()) {
                    if (part.getType().equalsIgnoreCase("CN")) {
                        return String.valueOf(part.getValue());
                    }
                }
            }
        } catch (SSLPeerUnverifiedException _) {
            return "";
        } catch (InvalidNameException e) {
            log.debug(
                    "client certificate from [{}] has no usable name",
                    connection.wire().remote(),
                    e);
        }
        return "";
    }
}
