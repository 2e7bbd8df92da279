package io.sluice.node.broker;

import io.sluice.node.broker.Finding.Trouble;
import java.io.EOFException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.IllegalSaslStateException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedSaslMechanismException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;

/// Puts failures of sockets, TLS and Kafka into words, each with a cure. What a server said is cut short, and left out
/// where a secret of the broker definition stands in it: a server that was sent a password could say it back.
record Causes(BrokerSettings broker, String topic) {
    private static final int LENGTH_MAX = 300;
    private static final String AUTHORITY =
            "set ca-cert of the broker to the certificate of the authority that signed it";
    private static final String OPEN_WAY = "is the way open? a firewall that drops packets looks like this";

    /// By the innermost cause that has words of its own.
    Trouble of(Throwable failure) {
        var chain = new ArrayList<Throwable>();
        for (var cause = failure; cause != null && !chain.contains(cause); cause = cause.getCause()) {
            chain.add(cause);
        }
        for (var cause : chain.reversed()) {
            var known = known(cause);
            if (known != null) {
                return known;
            }
        }
        var root = chain.getLast();
        return new Trouble("failed: " + said(root), "see the log of the Kafka servers");
    }

    private @Nullable Trouble known(Throwable cause) {
        return switch (cause) {
            case CertificateException e -> certificate(e);
            case CertPathBuilderException _ ->
                new Trouble("has a certificate of an authority we do not trust", AUTHORITY);
            case CertPathValidatorException _ ->
                new Trouble("has a certificate that does not hold: " + said(cause), AUTHORITY);
            case SSLException e -> tls(e);
            case EOFException _ -> hungUp();
            case UnknownHostException _ ->
                new Trouble(
                        "is a name without an address",
                        "check the spelling in bootstrap-servers, and the name service of this machine");
            case ConnectException _ -> unreachable(cause);
            case SocketTimeoutException _ -> new Trouble("gave no answer in time", OPEN_WAY);
            case SocketException e when String.valueOf(e.getMessage()).contains("reset") -> hungUp();
            case SocketException _ -> unreachable(cause);
            case UncheckedIOException e ->
                new Trouble(String.valueOf(e.getMessage()), "mend the file or its permissions");
            default -> ofKafka(cause);
        };
    }

    private static Trouble unreachable(Throwable cause) {
        return String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT).contains("refused")
                ? new Trouble("refused the connection", "is Kafka running there, and is this its port?")
                : new Trouble("cannot be reached from here", "is there a way from this machine to that network?");
    }

    private Trouble certificate(CertificateException e) {
        return switch (e) {
            case CertificateExpiredException _ ->
                new Trouble("has a certificate that has expired", "renew the certificate of the Kafka server");
            case CertificateNotYetValidException _ ->
                new Trouble("has a certificate that does not hold yet", "check the clocks of both machines");
            default ->
                String.valueOf(e.getMessage()).contains("PKIX")
                        ? new Trouble("has a certificate we do not trust", AUTHORITY)
                        : new Trouble(
                                "has a certificate of another name: " + said(e),
                                "use a name that stands in its certificate in bootstrap-servers");
        };
    }

    private @Nullable Trouble tls(SSLException e) {
        var message = String.valueOf(e.getMessage());
        if (message.contains("Unsupported or unrecognized SSL message")) {
            return new Trouble("does not speak TLS", "set tls of the broker to off, or use the port that speaks TLS");
        }
        if (message.contains("handshake_failure") || message.contains("protocol_version")) {
            return new Trouble(
                    "has no version or cipher of TLS in common with us",
                    "allow TLSv1.2 or TLSv1.3 on the server, and check ssl.enabled.protocols and ssl.cipher.suites");
        }
        return message.contains("fatal alert") ? refusedCertificate() : null;
    }

    private Trouble refusedCertificate() {
        return broker.clientCert().isPresent()
                ? new Trouble(
                        "refused our certificate",
                        "client-cert must be signed by an authority that the server trusts, and still hold")
                : new Trouble(
                        "wants a certificate of ours",
                        "set auth of the broker to mtls, with client-cert and client-key");
    }

    private Trouble hungUp() {
        return broker.tls()
                ? new Trouble(
                        "hung up when we began to speak TLS",
                        "does this port speak TLS? if not, set tls of the broker to off, or use the port that does")
                : new Trouble(
                        "hung up without an answer",
                        "a port that wants TLS or a login does so: check tls and auth of the broker");
    }

    private @Nullable Trouble ofKafka(Throwable cause) {
        return switch (cause) {
            case UnsupportedSaslMechanismException _ ->
                new Trouble(
                        "does not take a login by %s: %s".formatted(auth(), said(cause)),
                        "set auth of the broker to one that the server takes");
            case IllegalSaslStateException _ ->
                new Trouble(
                        "takes no login on this port",
                        "set auth of the broker to none, or use the port that takes logins");
            case SaslAuthenticationException _ ->
                new Trouble(
                        "refused the login of user [%s] by %s".formatted(broker.user(), auth()),
                        "check user and password of the broker, and that Kafka knows this user for " + auth());
            case SslAuthenticationException _ -> refusedCertificate();
            case TopicAuthorizationException _ ->
                new Trouble("%s may not write to topic [%s]".formatted(principal(), topic), permit("--topic " + topic));
            case TransactionalIdAuthorizationException _ ->
                new Trouble(
                        principal() + " may not use transactions",
                        permit("--resource-pattern-type prefixed --transactional-id sluice-"));
            case ClusterAuthorizationException _ ->
                new Trouble(
                        principal() + " may not do this to the cluster",
                        "permit it IdempotentWrite on the cluster, or Write on the topic");
            case UnknownTopicOrPartitionException _ ->
                new Trouble("topic [%s] is not there".formatted(topic), "create it");
            case InvalidReplicationFactorException _ ->
                new Trouble(
                        "more copies are asked for than there are brokers: " + said(cause),
                        "lower default.replication.factor of the Kafka servers, or start more of them");
            case PolicyViolationException _ ->
                new Trouble("a policy of Kafka refuses it: " + said(cause), "create the topic as the policy wants it");
            case NotEnoughReplicasException _ ->
                new Trouble(
                        "fewer copies are in sync than min.insync.replicas asks for",
                        "start the brokers that hold the others, or lower min.insync.replicas");
            case UnsupportedVersionException _ ->
                new Trouble("the Kafka servers are too old for this", "use Kafka 2.1 or newer");
            // Their messages may quote what they were given.
            case ConfigException _, InvalidConfigurationException _ ->
                new Trouble(
                        "the certificates or the key of the broker cannot be used",
                        "check that ca-cert, client-cert and client-key are PEM files, that the key is the one of the"
                                + " certificate, and other-properties that begin with ssl");
            case DisconnectException _ -> hungUp();
            case TimeoutException _, java.util.concurrent.TimeoutException _ ->
                new Trouble("gave no answer in time", "does Kafka serve there? " + OPEN_WAY);
            default -> null;
        };
    }

    private String auth() {
        return broker.auth().name().replace('_', '-');
    }

    /// Whom Kafka takes us for.
    String principal() {
        return switch (broker.auth()) {
            case NONE -> "User:ANONYMOUS";
            case MTLS -> "the user of our certificate";
            default -> "User:" + broker.user();
        };
    }

    private String permit(String what) {
        return permit(List.of("Write", "Describe"), what);
    }

    /// How to get a right.
    ///
    /// @param operations as `kafka-acls` calls them
    /// @param what       the option that names what they are permitted on
    String permit(List<String> operations, String what) {
        return "permit it, e.g. kafka-acls --add --allow-principal %s --operation %s %s"
                .formatted(
                        broker.auth() == BrokerSettings.Auth.MTLS ? "User:<subject>" : principal(),
                        String.join(" --operation ", operations),
                        what);
    }

    /// What somebody else said, in one line.
    String said(Throwable failure) {
        var message = failure.getMessage();
        var text = (message == null ? failure.getClass().getSimpleName() : message).replaceAll("\\s+", " ");
        if (holdsSecret(text)) {
            return "(not shown: it holds a secret)";
        }
        return text.length() <= LENGTH_MAX ? text : text.substring(0, LENGTH_MAX) + "…";
    }

    private boolean holdsSecret(String text) {
        var password = broker.password().reveal();
        return (!password.isEmpty() && text.contains(password)) || text.contains("PRIVATE KEY");
    }
}
