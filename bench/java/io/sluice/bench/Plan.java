package io.sluice.bench;

import java.net.InetSocketAddress;
import java.util.concurrent.ThreadLocalRandom;

/// What a fleet does. In texts named pattern, `{run}` and `{device}` stand for the run's id and the device's number.
///
/// @param run       short id that marks the run's messages
/// @param server    where the devices connect
/// @param devices   how many, numbered from 0
/// @param mqtt5     MQTT 5, else 3.1.1
/// @param qos       0, 1 or 2
/// @param size      payload bytes; raised to what the bare message needs, about 64
/// @param window    unacknowledged messages per device, at most
/// @param rate      messages per second of the whole fleet; 0: closed loop, each device as fast as its window allows
/// @param messages  of the whole fleet, dealt out evenly
/// @param topic     pattern of the MQTT topic
/// @param clientId  pattern of the client id
/// @param login     for servers that ask for one
public record Plan(
        String run,
        InetSocketAddress server,
        int devices,
        boolean mqtt5,
        int qos,
        int size,
        int window,
        long rate,
        long messages,
        String topic,
        String clientId,
        Login login) {

    /// User and password; an empty user connects without.
    public record Login(String user, String password) {
        public static final Login NONE = new Login("", "");

        @Override
        public String toString() {
            return "Login[" + user + "]";
        }
    }

    public static final String TOPIC = "tbmq/device/{device}/telemetry";
    public static final String CLIENT_ID = "fleet-{run}-{device}";

    private static final int PACKET_IDS = 65_535;

    public Plan {
        check(devices >= 1, "devices must be at least 1, was %d", devices);
        check(qos >= 0 && qos <= 2, "qos must be 0, 1 or 2, was %d", qos);
        check(window >= 1 && window <= PACKET_IDS, "window must be 1 to 65535, was %d", window);
        check(rate >= 0, "rate must not be negative, was %d", rate);
        check(messages / devices < Integer.MAX_VALUE, "messages must be fewer than 2^31 a device, was %d", messages);
    }

    /// 100 devices at QoS 1, MQTT 3.1.1, 256 bytes, 50 in flight each, closed loop; no message yet, see [#messages].
    public static Plan of(String run, InetSocketAddress server) {
        return new Plan(run, server, 100, false, 1, 256, 50, 0, 0, TOPIC, CLIENT_ID, Login.NONE);
    }

    public Plan devices(int devices) {
        return new Plan(run, server, devices, mqtt5, qos, size, window, rate, messages, topic, clientId, login);
    }

    public Plan mqtt5(boolean mqtt5) {
        return new Plan(run, server, devices, mqtt5, qos, size, window, rate, messages, topic, clientId, login);
    }

    public Plan qos(int qos) {
        return new Plan(run, server, devices, mqtt5, qos, size, window, rate, messages, topic, clientId, login);
    }

    public Plan size(int size) {
        return new Plan(run, server, devices, mqtt5, qos, size, window, rate, messages, topic, clientId, login);
    }

    public Plan window(int window) {
        return new Plan(run, server, devices, mqtt5, qos, size, window, rate, messages, topic, clientId, login);
    }

    public Plan rate(long rate) {
        return new Plan(run, server, devices, mqtt5, qos, size, window, rate, messages, topic, clientId, login);
    }

    public Plan messages(long messages) {
        return new Plan(run, server, devices, mqtt5, qos, size, window, rate, messages, topic, clientId, login);
    }

    public Plan topic(String topic) {
        return new Plan(run, server, devices, mqtt5, qos, size, window, rate, messages, topic, clientId, login);
    }

    public Plan login(Login login) {
        return new Plan(run, server, devices, mqtt5, qos, size, window, rate, messages, topic, clientId, login);
    }

    /// An id unlikely to meet itself again on one topic.
    public static String newRun() {
        return Long.toString(ThreadLocalRandom.current().nextLong(36L * 36 * 36 * 36, 36L * 36 * 36 * 36 * 36), 36);
    }

    String topic(int device) {
        return fill(topic, device);
    }

    String clientId(int device) {
        return fill(clientId, device);
    }

    /// `{run}` and `{device}` filled in.
    String fill(String pattern, int device) {
        return pattern.replace("{run}", run).replace("{device}", Integer.toString(device));
    }

    /// How many of the first `released` messages of the fleet are this device's.
    int share(long released, int device) {
        return (int) Math.max(0, (released - device + devices - 1) / devices);
    }

    private static void check(boolean holds, String message, long value) {
        if (!holds) {
            throw new IllegalArgumentException("fleet: " + message.formatted(value));
        }
    }
}
