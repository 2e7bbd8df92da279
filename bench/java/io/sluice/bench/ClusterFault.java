package io.sluice.bench;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// What is done to a cluster, and what must hold besides the one checker's verdict.
///
/// A limit is how long it may take until no device waits for an acknowledgement any more, from the blow or from its
/// end.
enum ClusterFault {
    /// SIGKILL to the node that runs most tasks.
    KILL_OWNER("f1", "kill-owner", 20, From.BLOW, Repeats.WINDOW),
    /// SIGKILL to the node with most connections.
    KILL_INGRESS("f2", "kill-ingress", 20, From.BLOW, Repeats.WINDOW),
    /// SIGKILL to all nodes at once, and start them again.
    KILL_ALL("f3", "kill-all", 60, From.BLOW, Repeats.WINDOW),
    /// SIGTERM to one node after the other, each awaited ready again.
    ROLLING_RESTART("f4", "rolling-restart", 5, From.BLOW, Repeats.NONE),
    /// SIGSTOP to the owner, shorter than anyone takes it for dead.
    PAUSE_OWNER("f5", "pause-owner", 5, From.BLOW, Repeats.WINDOW),
    /// SIGSTOP to the owner until others have its tasks, then it goes on.
    ZOMBIE_OWNER("f6", "zombie-owner", 25, From.BLOW, Repeats.WINDOW),
    /// A node is cut off from the others, for a while, one way, or on and off.
    PARTITION("f7", "partition", 25, From.BLOW, Repeats.WINDOW),
    /// SIGKILL to the broker that leads a partition.
    KILL_LEADER("f8", "kill-kafka-leader", 20, From.BLOW, Repeats.WINDOW),
    /// SIGSTOP to all brokers.
    STOP_KAFKA("f9", "stop-kafka", 10, From.END, Repeats.WINDOW),
    /// The way from the nodes to Kafka, to one of its brokers, or to the data base is silent, breaks, or is late or
    /// narrow.
    BAD_NETWORK("f10", "bad-network", 15, From.END, Repeats.WINDOW),
    /// SIGKILL to so many brokers that too few copies are in sync.
    TOO_FEW_COPIES("f11", "too-few-copies", 15, From.END, Repeats.WINDOW),
    /// The topic takes no large messages any more, and a second fleet publishes some.
    TOO_LARGE("f11b", "too-large", 5, From.BLOW, Repeats.NONE),
    /// The topic of a second integration is deleted while devices publish to it, and made again.
    TOPIC_GONE("f11c", "topic-gone", 5, From.BLOW, Repeats.NONE),
    /// SIGSTOP or SIGKILL to the data base, for some seconds.
    STORE_AWAY("f15", "store-away", 15, From.END, Repeats.WINDOW),
    /// A second fleet publishes to an MQTT broker that the cluster is subscribed to: the node that reads from there is
    /// killed, or the broker is killed or restarted, or another client takes its session.
    OUTSIDE_BROKER("f19", "outside-broker", 25, From.BLOW, Repeats.WINDOW),
    /// Devices open a connection to another node while the first stands.
    TAKE_OVER("f20", "take-over", 5, From.BLOW, Repeats.WINDOW),
    /// A second fleet publishes as fast as it can.
    OVERLOAD("f21", "overload", 60, From.END, Repeats.NONE),
    /// The integration is edited under load.
    EDIT("f22", "edit", 5, From.BLOW, Repeats.NONE),
    /// A second fleet publishes as fast as it can for an integration whose Kafka is not there; the first one must not
    /// feel it.
    DEAD_TARGET("p8", "dead-target", 5, From.BLOW, Repeats.NONE);

    enum From {
        BLOW,
        END
    }

    /// What may come twice: nothing, or what was under way when it struck.
    enum Repeats {
        NONE,
        WINDOW
    }

    private final String code;
    private final String text;
    private final int limitSeconds;
    private final From from;
    private final Repeats repeats;

    ClusterFault(String code, String text, int limitSeconds, From from, Repeats repeats) {
        this.code = code;
        this.text = text;
        this.limitSeconds = limitSeconds;
        this.from = from;
        this.repeats = repeats;
    }

    /// By code or text.
    ///
    /// @throws IllegalArgumentException naming all there are
    static ClusterFault named(String name) {
        return Arrays.stream(values())
                .filter(fault -> fault.code.equals(name) || fault.text.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("faults: expected some of %s, was %s"
                        .formatted(
                                Arrays.stream(values())
                                        .map(fault -> fault.code + " " + fault.text)
                                        .collect(Collectors.joining(", ")),
                                name)));
    }

    /// What a run tries that names none: those that strike a whole node, the broker, or what is defined.
    static List<ClusterFault> usual() {
        return List.of(KILL_OWNER, KILL_INGRESS, ROLLING_RESTART, KILL_LEADER, EDIT);
    }

    String code() {
        return code;
    }

    int limitSeconds() {
        return limitSeconds;
    }

    boolean countsFromEnd() {
        return from == From.END;
    }

    boolean excusesRepeats() {
        return repeats == Repeats.WINDOW;
    }

    /// Whether no device may ever wait for longer than the limit.
    boolean boundsEveryGap() {
        return this == ROLLING_RESTART || this == DEAD_TARGET;
    }

    /// Whether it takes a node away and concerns only what that node had.
    boolean sparesOthers() {
        return this == KILL_OWNER || this == KILL_INGRESS;
    }

    /// Whether it needs brokers that can replace each other.
    boolean needsCopies() {
        return this == KILL_LEADER || this == TOO_FEW_COPIES;
    }

    @Override
    public String toString() {
        return text;
    }
}
