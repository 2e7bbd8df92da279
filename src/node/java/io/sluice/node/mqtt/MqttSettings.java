package io.sluice.node.mqtt;

import io.sluice.node.route.SplitFilter;
import io.sluice.node.secret.PasswordHash;
import io.sluice.node.secret.Secret;
import io.sluice.node.settings.Section;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The section `sluice.mqtt`. Each field is explained at its key in `reference.conf`.
///
/// @param eventLoops    0: one per core
/// @param listeners     the enabled ones
/// @param tls           of the TLS listeners
/// @param receiveMaximum QoS 1 and 2 messages of one client that may wait for their acknowledgement
/// @param unreleasedMax QoS 2 packet ids of one client from PUBLISH to PUBREL
/// @param inFlightBytes bytes of one client that may wait, QoS 0 included
/// @param sessionsMax   sessions kept without a connection
/// @param unreadBytesMax of all clients together, read and not parsed
/// @param strangerBytesMax the same of all that are not logged in
/// @param subscriptionsMax topic filters of one session
/// @param subscriptionsBytesMax UTF-8 bytes of them together
public record MqttSettings(
        int eventLoops,
        List<Listener> listeners,
        Optional<Tls> tls,
        Access access,
        int receiveMaximum,
        int unreleasedMax,
        long inFlightBytes,
        int topicAliasMaximum,
        Duration sessionExpiryMax,
        int sessionsMax,
        int connectionsMax,
        long unreadBytesMax,
        long strangerBytesMax,
        Duration connectTimeout,
        Duration keepAliveMax,
        int subscriptionsMax,
        long subscriptionsBytesMax,
        Limits limits) {

    /// @param name    `tcp`, `tls`, `websocket` or `websocket-tls`
    /// @param path    of a WebSocket, empty for a plain socket
    /// @param origins web pages that may open the WebSocket, besides those of this machine
    public record Listener(
            String name, String host, int port, boolean tls, boolean webSocket, String path, List<String> origins) {
        public Listener {
            origins = List.copyOf(origins);
        }
    }

    /// Whether a client shows a certificate.
    public enum ClientCertificates {
        NONE,
        WANT,
        REQUIRE
    }

    /// @param clientCa empty when client certificates are not asked for
    public record Tls(
            Path certificate,
            Path key,
            Secret keyPassword,
            List<String> protocols,
            ClientCertificates clientCertificates,
            Optional<Path> clientCa) {
        public Tls {
            protocols = List.copyOf(protocols);
        }
    }

    /// Who may come in without a name.
    public enum Anonymous {
        LOOPBACK,
        NEVER
    }

    /// Topic filters, with `%c` for the client id and `%u` for the user.
    public record Rights(List<String> publish, List<String> subscribe) {
        public Rights {
            publish = List.copyOf(publish);
            subscribe = List.copyOf(subscribe);
        }
    }

    /// @param passwordHash    empty: no password opens this user
    /// @param certificateName common name of the client certificate that stands for this user, empty: none does
    public record User(Secret passwordHash, String certificateName, Rights rights) {}

    /// @param checks        passwords checked at a time
    /// @param checksWaiting clients that may wait for theirs
    public record Access(
            Anonymous anonymous, Rights anonymousRights, Map<String, User> users, int checks, int checksWaiting) {
        public Access {
            users = Map.copyOf(users);
        }
    }

    /// Sizes in bytes.
    ///
    /// @param connectPacket of a CONNECT, from a client nobody knows yet; never above `packet`
    public record Limits(
            int packet, int connectPacket, int topicLevels, int clientId, int userProperties, int userPropertiesBytes) {
        public Limits {
            connectPacket = Math.min(connectPacket, packet);
        }
    }

    public MqttSettings {
        listeners = List.copyOf(listeners);
    }

    public static MqttSettings from(Section mqtt) {
        var access = access(mqtt);
        var listeners = listeners(mqtt.section("listeners"), access);
        var limits = limits(mqtt.section("limits"));
        var receiveMaximum = mqtt.number("receive-maximum", 1, 65_535);
        return new MqttSettings(
                mqtt.number("event-loops", 0, 1024),
                listeners,
                tls(mqtt.section("tls"), listeners.stream().anyMatch(Listener::tls)),
                access,
                receiveMaximum,
                unreleasedMax(mqtt, receiveMaximum),
                mqtt.bytes("in-flight-bytes", 1, 1L << 40),
                mqtt.number("topic-alias-maximum", 0, 65_535),
                mqtt.duration("session-expiry-max", Duration.ZERO, Duration.ofDays(365)),
                mqtt.number("sessions-max", 0, Integer.MAX_VALUE),
                mqtt.number("connections-max", 1, Integer.MAX_VALUE),
                unreadBytesMax(mqtt, "unread-bytes-max", "limits.packet", limits.packet),
                unreadBytesMax(mqtt, "stranger-bytes-max", "limits.connect-packet", limits.connectPacket),
                mqtt.duration("connect-timeout", Duration.ofMillis(10), Duration.ofMinutes(10)),
                mqtt.duration("keep-alive-max", Duration.ofSeconds(1), Duration.ofSeconds(65_535)),
                mqtt.number("subscriptions-max", 0, 1_000_000),
                mqtt.bytes("subscriptions-bytes-max", 0, 1L << 40),
                limits);
    }

    private static int unreleasedMax(Section mqtt, int receiveMaximum) {
        var unreleasedMax = mqtt.number("unreleased-max", 1, 65_535);
        if (unreleasedMax < receiveMaximum) {
            mqtt.problem(
                    "unreleased-max",
                    "must be at least receive-maximum, %d, was %d".formatted(receiveMaximum, unreleasedMax));
        }
        return unreleasedMax;
    }

    private static List<Listener> listeners(Section section, Access access) {
        var found = new ArrayList<Listener>();
        for (var name : List.of("tcp", "tls", "websocket", "websocket-tls")) {
            var part = section.section(name);
            var webSocket = name.startsWith("websocket");
            var enabled = part.flag("enabled");
            var listener = new Listener(
                    name,
                    part.text("host"),
                    part.number("port", 0, 65_535),
                    name.endsWith("tls"),
                    webSocket,
                    webSocket ? part.text("path") : "",
                    webSocket ? part.texts("origins") : List.of());
            if (webSocket && !listener.path.startsWith("/")) {
                part.problem("path", "must start with /, was " + listener.path);
            }
            if (enabled) {
                found.add(listener);
                refuseToAdmitNobody(listener, access, part);
            }
        }
        return found;
    }

    private static void refuseToAdmitNobody(Listener listener, Access access, Section part) {
        if (!access.users.isEmpty()) {
            return;
        }
        if (access.anonymous == Anonymous.NEVER) {
            part.problem(
                    "enabled",
                    "must be false while there is no user and anonymous is never, was true; "
                            + "nobody could connect, so add a user to sluice.mqtt.users");
        } else if (!Loopback.isLoopback(listener.host)) {
            part.problem(
                    "host",
                    "must be a loopback address while there is no user, was " + listener.host
                            + "; anonymous clients come in by loopback only, so add a user to sluice.mqtt.users");
        }
    }

    private static Optional<Tls> tls(Section section, boolean needed) {
        var certificate = section.file("certificate");
        var key = section.file("key");
        var password = section.secret("key-password");
        var protocols = section.texts("protocols", MqttSettings::checkProtocol);
        var clients = section.choice("client-certificates", ClientCertificates.class);
        var clientCa = section.file("client-ca");
        if (!needed) {
            return Optional.empty();
        }
        if (certificate.toString().isEmpty()) {
            section.problem("certificate", "must name a PEM file for a TLS listener, was empty");
        }
        if (key.toString().isEmpty()) {
            section.problem("key", "must name a PEM file (PKCS#8) for a TLS listener, was empty");
        }
        if (protocols.isEmpty()) {
            section.problem("protocols", "must hold TLSv1.2, TLSv1.3 or both for a TLS listener, was empty");
        }
        if (clientCa.toString().isEmpty() && clients != ClientCertificates.NONE) {
            section.problem("client-ca", "must name a PEM file to check client certificates with, was empty");
        }
        var ca = Optional.of(clientCa).filter(file -> !file.toString().isEmpty());
        return Optional.of(new Tls(certificate, key, password, protocols, clients, ca));
    }

    private static void checkProtocol(String protocol) {
        if (!protocol.equals("TLSv1.2") && !protocol.equals("TLSv1.3")) {
            throw new IllegalArgumentException("must be TLSv1.2 or TLSv1.3, was " + protocol);
        }
    }

    private static Access access(Section mqtt) {
        var cores = Runtime.getRuntime().availableProcessors();
        var users = new LinkedHashMap<String, User>();
        mqtt.sections("users", "user-defaults").forEach((name, part) -> users.put(name, user(part)));
        var checks = mqtt.number("password-checks", 0, 1024);
        return new Access(
                mqtt.choice("anonymous", Anonymous.class),
                rights(mqtt, "anonymous-publish", "anonymous-subscribe"),
                users,
                checks == 0 ? Math.max(1, cores / 2) : checks,
                mqtt.number("password-checks-waiting", 1, 1_000_000));
    }

    private static User user(Section part) {
        var user = new User(
                part.secret("password-hash"), part.text("certificate-name"), rights(part, "publish", "subscribe"));
        if (!user.passwordHash.isEmpty() && !PasswordHash.isKnown(user.passwordHash)) {
            part.problem("password-hash", "must be a bcrypt ($2b$…) or Argon2 ($argon2id$…) hash, was something else");
        }
        if (user.passwordHash.isEmpty() && user.certificateName.isEmpty()) {
            part.problems()
                    .add(part.origin(), part.path() + " must have a password-hash or a certificate-name, was neither");
        }
        return user;
    }

    private static Rights rights(Section part, String publish, String subscribe) {
        return new Rights(part.texts(publish, SplitFilter::of), part.texts(subscribe, SplitFilter::of));
    }

    private static long unreadBytesMax(Section mqtt, String key, String packetKey, int packet) {
        var max = mqtt.bytes(key, 128, 1L << 40);
        if (max < packet) {
            mqtt.problem(
                    key,
                    "must be at least %s, which is %d, or no packet that large comes whole; was %d"
                            .formatted(packetKey, packet, max));
        }
        return max;
    }

    /// What the id of a message, which begins with the client id, leaves of a dead letter's 1,024 characters.
    private static final int CLIENT_ID_MAX = 900;

    private static Limits limits(Section section) {
        return new Limits(
                (int) section.bytes("packet", 128, 268_435_460),
                (int) section.bytes("connect-packet", 128, 268_435_460),
                section.number("topic-levels", 1, 65_535),
                section.number("client-id", 1, CLIENT_ID_MAX),
                section.number("user-properties", 0, 65_535),
                (int) section.bytes("user-properties-bytes", 0, 268_435_455));
    }
}
