package io.sluice.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;

/// Cuts nodes of one machine off from each other, by rules of routing inside a network name space that this process and
/// its children have to themselves.
///
/// Every node runs as a user of its own, by number, so that a rule can say whose packets are dropped, also those of
/// connections that stand. What it drops is silent, as a broken network is; Kafka, the data base and devices are still
/// reached.
final class Partition {
    /// How to come into a name space where this works.
    static final String CURE = "run it as root in a network of its own: unshare --net sh -c"
            + " 'ip link set lo up && ./sluice chaos --cluster …'";

    private static final int FIRST_USER = 61_001;
    private static final int LOCAL_PREFERENCE = 1_000;

    private final List<String> rules = new ArrayList<>();

    /// Whether this process has a network to itself: one that has nothing but loopback, and is nobody's way out.
    static boolean possible() {
        try {
            return NetworkInterface.networkInterfaces().allMatch(Partition::isLoopback);
        } catch (SocketException _) {
            return false;
        }
    }

    private static boolean isLoopback(NetworkInterface network) {
        try {
            return network.isLoopback();
        } catch (SocketException _) {
            return false;
        }
    }

    /// Lets our rules come before the one that finds local addresses, which is first otherwise.
    ///
    /// @throws IllegalStateException where that cannot be
    static Partition prepare() {
        if (!possible()) {
            throw new IllegalStateException("partition: " + CURE);
        }
        ip("rule add pref " + LOCAL_PREFERENCE + " table local");
        ip("rule del pref 0");
        return new Partition();
    }

    /// What a node's command begins with, so that it is a user of its own that may read and write what root may.
    static List<String> asUser(int node) {
        var user = Integer.toString(FIRST_USER + node);
        return List.of(
                "setpriv",
                "--reuid=" + user,
                "--clear-groups",
                // or access(2) forgets the capability of who is not root
                "--securebits=+no_setuid_fixup",
                "--inh-caps=+dac_override",
                "--ambient-caps=+dac_override");
    }

    /// Drops what a node sends to others on connections that it made.
    ///
    /// @param ports that the others listen on for it
    void mute(int node, List<Integer> ports) {
        ports.forEach(port -> drop(node, "dport " + port));
    }

    /// Drops what a node answers on connections that others made.
    ///
    /// @param port it listens on for them
    void deafen(int node, int port) {
        drop(node, "sport " + port);
    }

    /// Lets everything through again.
    void heal() {
        rules.forEach(rule -> ip("rule del " + rule));
        rules.clear();
    }

    private void drop(int node, String what) {
        var user = FIRST_USER + node;
        var rule = "pref %d uidrange %d-%d ipproto tcp %s blackhole".formatted(rules.size() + 1, user, user, what);
        ip("rule add " + rule);
        rules.add(rule);
    }

    private static void ip(String arguments) {
        var command = new ArrayList<>(List.of("ip"));
        command.addAll(Launch.words(arguments));
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            var said = new String(process.getInputStream().readAllBytes(), UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException("ip %s: expected exit code 0, was %d: %s"
                        .formatted(arguments, process.exitValue(), said.strip()));
            }
        } catch (IOException e) {
            throw new IllegalStateException("ip " + arguments + ": cannot be run, was " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
