package io.sluice.node.mqtt;

import com.typesafe.config.ConfigFactory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.node.live.LiveView;
import io.sluice.node.observe.Meters;
import io.sluice.node.secret.PasswordHash;
import io.sluice.node.secret.Secret;
import io.sluice.node.settings.Configuration;
import io.sluice.node.settings.Problems;
import io.sluice.node.settings.Section;
import java.util.Objects;
import java.util.function.BiPredicate;

/// A listener on free ports with fake integrations behind it.
final class Listening implements AutoCloseable {
    private static final String FREE_PORTS = """
            listeners { tcp.port = 0, tls.port = 0, websocket.port = 0, websocket-tls.port = 0 }
            connect-timeout = 1m
            event-loops = 2
            """;

    final FakeIntegrations integrations;
    final MqttListener listener;
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private Listening(FakeIntegrations integrations, BiPredicate<Secret, Secret> hashing, String keys) {
        this.integrations = integrations;
        this.listener = MqttListener.start(
                settings(FREE_PORTS + keys), integrations::on, new LiveView(), new Meters(registry), hashing);
    }

    /// What is offered becomes safe when the test says so; a topic that begins with `none` is wanted by nobody, one
    /// that begins with `two` by two integrations, and one that begins with `hold` holds who publishes it.
    ///
    /// @param keys HOCON lines of `sluice.mqtt`
    static Listening on(String... keys) {
        return checking(PasswordHash::matches, keys);
    }

    /// The same with a check of passwords of the test's own.
    static Listening checking(BiPredicate<Secret, Secret> hashing, String... keys) {
        return new Listening(new FakeIntegrations(Listening::wantedBy, false), hashing, String.join("\n", keys));
    }

    /// The same, but everything is safe at once.
    static Listening settlingAtOnce(String... keys) {
        var integrations = new FakeIntegrations(Listening::wantedBy, true);
        return new Listening(integrations, PasswordHash::matches, String.join("\n", keys));
    }

    static MqttSettings settings(String keys) {
        var problems = new Problems();
        var settings = settings(keys, problems);
        problems.throwIfAny();
        return settings;
    }

    static MqttSettings settings(String keys, Problems problems) {
        var config = ConfigFactory.parseString("sluice.mqtt {\n" + keys + "\n}")
                .withFallback(Configuration.reference().resolve())
                .resolve();
        var section = Section.of(config, "sluice.mqtt", problems);
        var settings = MqttSettings.from(section);
        section.close();
        return settings;
    }

    RawClient dial() {
        return RawClient.dial(port("tcp"));
    }

    int port(String door) {
        return Objects.requireNonNull(listener.addresses().get(door)).getPort();
    }

    double count(String name, String... tags) {
        return registry.find(name).tags(tags).counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    double gauge(String name, String... tags) {
        return registry.get(name).tags(tags).gauge().value();
    }

    /// A connection is not read.
    boolean isHolding() {
        return gauge("sluice.connections.held") > 0;
    }

    @Override
    public void close() {
        listener.close();
    }

    private static int wantedBy(String topic) {
        return topic.startsWith("none") ? 0 : topic.startsWith("two") ? 2 : 1;
    }
}
