package io.sluice.node.broker;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/// A Kafka inside the test's JVM with listeners of its own. Who comes by the listener PLAINTEXT may do anything.
final class RealKafka implements AutoCloseable {
    private final KafkaRaftServer server;
    private final Map<String, Integer> ports;
    private final Admin admin;

    private RealKafka(KafkaRaftServer server, Map<String, Integer> ports) {
        this.server = server;
        this.ports = ports;
        this.admin = Admin.create(Map.of("bootstrap.servers", at("PLAINTEXT")));
    }

    /// @param listeners besides PLAINTEXT, each on a free port of 127.0.0.1
    static RealKafka start(Path folder, List<String> listeners, Map<String, String> more) {
        var ports = new TreeMap<String, Integer>();
        ports.put("PLAINTEXT", freePort());
        listeners.forEach(name -> ports.put(name, freePort()));
        return start(folder, ports, more);
    }

    private static RealKafka start(Path folder, Map<String, Integer> ports, Map<String, String> more) {
        var clients = addresses(ports);
        var controller = "127.0.0.1:" + freePort();
        var properties = new HashMap<String, String>();
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", "1");
        properties.put("controller.quorum.voters", "1@" + controller);
        properties.put("controller.listener.names", "CONTROLLER");
        properties.put("listeners", clients + ",CONTROLLER://" + controller);
        properties.put("advertised.listeners", addresses(advertised(ports)));
        properties.put(
                "listener.security.protocol.map",
                "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,OUTSIDE:PLAINTEXT,SSL:SSL,SASL_SSL:SASL_SSL,SASL_PLAINTEXT:SASL_PLAINTEXT");
        properties.put("inter.broker.listener.name", "PLAINTEXT");
        properties.put("log.dirs", folder.toString());
        properties.put("offsets.topic.replication.factor", "1");
        properties.put("transaction.state.log.replication.factor", "1");
        properties.put("transaction.state.log.min.isr", "1");
        properties.put("transaction.state.log.num.partitions", "1");
        properties.put("log.cleaner.dedupe.buffer.size", "4194304");
        properties.putAll(more);
        try {
            format(folder);
            var server = new KafkaRaftServer(new KafkaConfig(properties, false), Time.SYSTEM);
            server.startup();
            return new RealKafka(server, ports);
        } catch (Exception e) {
            throw new IllegalStateException("kafka: expected to start", e);
        }
    }

    /// Who comes by the listener OUTSIDE is told a port where nothing listens.
    private static Map<String, Integer> advertised(Map<String, Integer> ports) {
        var advertised = new TreeMap<>(ports);
        advertised.computeIfPresent("OUTSIDE", (_, _) -> freePort());
        return advertised;
    }

    private static String addresses(Map<String, Integer> ports) {
        return String.join(
                ",",
                ports.entrySet().stream()
                        .map(listener -> "%s://127.0.0.1:%d".formatted(listener.getKey(), listener.getValue()))
                        .toList());
    }

    String at(String listener) {
        return "127.0.0.1:" + ports.get(listener);
    }

    void topic(String name) throws Exception {
        admin.createTopics(List.of(new NewTopic(name, 2, (short) 1))).all().get();
    }

    boolean hasTopic(String name) throws Exception {
        return admin.listTopics().names().get().contains(name);
    }

    void user(String name, String password) throws Exception {
        var info = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096);
        admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(name, info, password)))
                .all()
                .get();
    }

    void permit(String user, ResourceType type, String name, PatternType pattern, AclOperation operation)
            throws Exception {
        var entry = new AccessControlEntry("User:" + user, "*", operation, AclPermissionType.ALLOW);
        admin.createAcls(List.of(new AclBinding(new ResourcePattern(type, name, pattern), entry)))
                .all()
                .get();
    }

    @Override
    public void close() {
        admin.close();
        server.shutdown();
        server.awaitShutdown();
    }

    private static void format(Path folder) throws Exception {
        new Formatter()
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .setClusterId(Uuid.randomUuid().toString())
                .setNodeId(1)
                .setControllerListenerName("CONTROLLER")
                .setMetadataLogDirectory(folder.toString())
                .addDirectory(folder.toString())
                .run();
    }

    static int freePort() {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
