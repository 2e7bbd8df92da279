package io.sluice.node.broker;

import io.sluice.node.broker.BrokerSettings.Auth;
import io.sluice.node.broker.Check.Limits;
import io.sluice.node.broker.Check.Outcome;
import io.sluice.node.broker.Check.Stage;
import io.sluice.node.broker.Check.Step;
import io.sluice.node.broker.Check.Target;
import io.sluice.node.broker.Check.Topic;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.jspecify.annotations.Nullable;

/// One run of a [Check]: what the steps tell each other. Each step works on a thread of its own, so that nothing it
/// waits for can hold up who asked.
final class Walk implements AutoCloseable {
    static final String THREAD = "sluice-check";

    private static final Duration LETTING_GO = Duration.ofSeconds(1);

    /// A step gives up a little before it is given up, for it knows better what it waited for.
    private static final double OWN_SHARE = 0.85;

    private interface Look {
        Finding look(Duration limit) throws Exception;
    }

    private final BrokerSettings broker;
    private final Target target;
    private final Limits limits;
    private final Causes causes;
    private final long endNanos;
    private final List<Step> steps = new ArrayList<>();
    private final Cluster cluster;

    private Map<Server, List<InetSocketAddress>> resolved = Map.of();
    private Map<Server, InetSocketAddress> reached = Map.of();
    private Map<String, Object> properties = Map.of();
    private TopicLook.Seen seen = TopicLook.Seen.NOTHING;

    Walk(BrokerSettings broker, Target target, Limits limits) {
        this.broker = broker;
        this.target = target;
        this.limits = limits;
        this.causes = new Causes(broker, target.oneTopic().orElse(""));
        this.cluster = new Cluster(causes);
        this.endNanos = System.nanoTime() + limits.total().toNanos();
    }

    List<Step> run() {
        step(Stage.RESOLVE, this::resolve);
        step(Stage.TCP, this::connect);
        step(Stage.TLS, this::shakeHands);
        step(Stage.AUTH, this::logIn);
        step(Stage.METADATA, this::askForBrokers);
        step(Stage.TOPIC, this::findTopic);
        step(Stage.WRITE, this::write);
        return List.copyOf(steps);
    }

    private void step(Stage stage, Look look) {
        if (steps.stream().anyMatch(step -> step.outcome() == Outcome.FAILED)) {
            add(stage, Finding.skipped("an earlier step failed"), Duration.ZERO);
            return;
        }
        var begun = System.nanoTime();
        var finding = bounded(look, Math.min(limits.step().toNanos(), endNanos - begun));
        add(stage, finding, Duration.ofNanos(System.nanoTime() - begun));
    }

    private void add(Stage stage, Finding finding, Duration took) {
        steps.add(new Step(stage, finding.outcome(), finding.detail(), finding.warnings(), finding.cure(), took));
    }

    private Finding bounded(Look look, long nanos) {
        if (nanos <= 0) {
            return late();
        }
        var limit = Duration.ofNanos((long) (nanos * OWN_SHARE));
        var task = new FutureTask<>(() -> look.look(limit));
        var thread = Thread.ofVirtual().name(THREAD).start(task);
        try {
            return task.get(nanos, TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            return Finding.failed(causes.of(e));
        } catch (TimeoutException _) {
            thread.interrupt();
            return late();
        } catch (InterruptedException _) {
            thread.interrupt();
            Thread.currentThread().interrupt();
            return Finding.failed("was interrupted", "ask again");
        }
    }

    private Finding late() {
        return Finding.failed(
                "did not end within %d ms for a step and %d ms for all"
                        .formatted(limits.step().toMillis(), limits.total().toMillis()),
                "is the way to %s open and fast enough?".formatted(broker.bootstrapServers()));
    }

    private Finding resolve(Duration limit) throws InterruptedException {
        var servers =
                broker.bootstrapServers().stream().distinct().map(Server::parse).toList();
        if (servers.isEmpty()) {
            return Finding.failed("no server is named", "set bootstrap-servers of the broker");
        }
        var answers = Everywhere.ask(servers, limit, Server::addresses);
        resolved = answers.given();
        return answers.finding(
                causes,
                (_, addresses) -> "is "
                        + String.join(
                                ", ",
                                addresses.stream()
                                        .map(address -> address.getAddress().getHostAddress())
                                        .toList()));
    }

    /// A server may have several addresses; a client tries them one after the other.
    private Finding connect(Duration limit) throws InterruptedException {
        var answers = Everywhere.ask(List.copyOf(resolved.keySet()), limit, server -> {
            var addresses = resolved.getOrDefault(server, List.of());
            var each = Everywhere.ask(addresses, limit.multipliedBy(9).dividedBy(10), address -> {
                Server.connect(address, limit).close();
                return address;
            });
            return each;
        });
        var found = new LinkedHashMap<Server, InetSocketAddress>();
        var given = new LinkedHashMap<Server, List<InetSocketAddress>>();
        var failures = new LinkedHashMap<Server, Throwable>(answers.failures());
        var warnings = new ArrayList<String>();
        answers.given().forEach((server, each) -> {
            if (each.given().isEmpty()) {
                failures.put(server, each.failures().values().iterator().next());
                return;
            }
            found.put(server, each.given().keySet().iterator().next());
            given.put(server, List.copyOf(each.given().keySet()));
            each.failures()
                    .forEach((address, failure) -> warnings.add("%s at %s %s"
                            .formatted(
                                    server,
                                    address.getAddress().getHostAddress(),
                                    causes.of(failure).words())));
        });
        reached = found;
        var finding = new Everywhere<>(given, failures).finding(causes, (_, _) -> "takes connections");
        warnings.addAll(0, finding.warnings());
        return new Finding(finding.outcome(), finding.detail(), warnings, finding.cure());
    }

    private Finding shakeHands(Duration limit) throws Exception {
        properties = target.properties().get();
        if (!broker.tls()) {
            return Finding.skipped("tls of the broker is off");
        }
        var ours = ourCertificate();
        if (ours != null && Handshake.hasEnded(ours)) {
            return Finding.failed(
                    "our own certificate [%s] ended at %s"
                            .formatted(ours.getSubjectX500Principal(), Handshake.end(ours)),
                    "renew client-cert of the broker");
        }
        var answers = Everywhere.ask(
                List.copyOf(reached.entrySet()),
                limit,
                server -> Handshake.with(server.getKey(), server.getValue(), properties, limit));
        var peers = new LinkedHashMap<Server, Handshake.Peer>();
        var failures = new LinkedHashMap<Server, Throwable>();
        answers.given().forEach((server, peer) -> peers.put(server.getKey(), peer));
        answers.failures().forEach((server, failure) -> failures.put(server.getKey(), failure));
        var finding = new Everywhere<>(peers, failures).finding(causes, (_, peer) -> peer.words());
        reached = new LinkedHashMap<>(reached);
        reached.keySet().retainAll(peers.keySet());
        var warnings = new ArrayList<>(finding.warnings());
        peers.forEach((server, peer) ->
                Handshake.notice(server.toString(), peer.certificate()).ifPresent(warnings::add));
        if (ours != null) {
            Handshake.notice("ours, client-cert,", ours).ifPresent(warnings::add);
        }
        return new Finding(finding.outcome(), finding.detail(), warnings, finding.cure());
    }

    private @Nullable X509Certificate ourCertificate() throws IOException, CertificateException {
        var file = broker.clientCert();
        return file.isPresent() ? Handshake.certificate(file.get()) : null;
    }

    private Finding logIn(Duration limit) throws InterruptedException {
        if (broker.auth() == Auth.NONE) {
            return Finding.skipped("auth of the broker is none");
        }
        var warnings = broker.auth() == Auth.PLAIN && !broker.tls()
                ? List.of("the password travels unencrypted; set tls of the broker to on")
                : List.<String>of();
        return ask(limit, () -> Finding.ok("%s is let in".formatted(causes.principal()), warnings));
    }

    private Finding askForBrokers(Duration limit) throws InterruptedException {
        return ask(limit, () -> cluster.brokers(limit.dividedBy(4)));
    }

    private interface Asking {
        Finding ask() throws Exception;
    }

    /// A Kafka without an answer may be one that waits for TLS, or one whose brokers send us elsewhere: half the time
    /// is kept to find that out.
    private Finding ask(Duration limit, Asking asking) throws InterruptedException {
        var part = limit.dividedBy(4);
        try {
            cluster.ask(reachedProperties(), limit.dividedBy(2));
            return asking.ask();
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            var trouble = causes.of(e);
            if (!broker.tls() && speaksTls(part)) {
                return Finding.failed(
                        "%s speaks TLS and we do not".formatted(reached.keySet()),
                        "set tls of the broker to on, with ca-cert if its authority is your own; or use a port"
                                + " without TLS");
            }
            return cluster.misled(reachedProperties(), part)
                    .orElseGet(
                            () -> Finding.failed("%s %s".formatted(reached.keySet(), trouble.words()), trouble.cure()));
        }
    }

    private boolean speaksTls(Duration limit) throws InterruptedException {
        return Everywhere.ask(
                        List.copyOf(reached.entrySet()),
                        limit,
                        server -> Handshake.isSpokenBy(server.getKey(), server.getValue(), limit))
                .given()
                .containsValue(true);
    }

    private Finding findTopic(Duration limit) throws Exception {
        return switch (target.topic()) {
            case Topic.None _ -> Finding.skipped("no topic is asked for");
            case Topic.Pattern(var text) ->
                Finding.skipped("the topic is a pattern, %s: each record names its own".formatted(text));
            case Topic.Fixed(var name) -> {
                var look = new TopicLook(cluster, causes, name, properties, limit);
                var finding = look.look();
                seen = look.seen();
                yield finding;
            }
            case Topic.Own own -> new OwnTopicLook(cluster, causes, own, properties, limit).look();
        };
    }

    private Finding write(Duration limit) {
        if (target.topic() instanceof Topic.Own) {
            return Finding.skipped("a record would be read as if it were a message");
        }
        var topic = target.oneTopic();
        if (topic.isEmpty()) {
            return Finding.skipped("there is no topic to write to");
        }
        if (!seen.exists()) {
            return Finding.skipped("the topic is not there yet, and a record would create it");
        }
        return new TrialWrite(causes, topic.get(), reachedProperties(), limit).write(seen.mayWrite());
    }

    /// Those of a client that knows only the servers that answered.
    private Map<String, Object> reachedProperties() {
        var known = new HashMap<>(properties);
        known.put(
                CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
                reached.keySet().stream().map(Server::toString).toList());
        return known;
    }

    /// Lets go of all that the steps opened.
    @Override
    public void close() {
        var closing = Thread.ofVirtual().name(THREAD).start(cluster::close);
        try {
            closing.join(LETTING_GO);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
