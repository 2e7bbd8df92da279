package io.sluice.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;

/// What one trial leaves to chance, drawn from its seed. Pure.
///
/// @param calmMillis  until the blow
/// @param restartSoon whether what was killed starts again at once, or only when the others have taken over
/// @param awayMillis  how long what is stopped stays so, where the fault does not say
/// @param killsStore  SIGKILL for the data base, else SIGSTOP
/// @param partition   whose leader is struck
/// @param cut         how a node is cut off
/// @param order       of the nodes, where one follows the other
/// @param edits       in their order
/// @param ailment     of the network
/// @param way         that has it
/// @param outside     what is done to an MQTT broker
record ClusterDraw(
        long calmMillis,
        boolean restartSoon,
        long awayMillis,
        boolean killsStore,
        int partition,
        Cut cut,
        List<Integer> order,
        List<Edit> edits,
        Relay.Ailment ailment,
        Way way,
        Outside outside) {
    private static final int CALM_MIN_MILLIS = 1_500;
    private static final int CALM_MAX_MILLIS = 3_500;
    private static final int AWAY_MIN_MILLIS = 5_000;
    private static final int AWAY_MAX_MILLIS = 10_000;

    /// How a node is cut off from the others.
    enum Cut {
        /// Nothing passes.
        BOTH_WAYS,
        /// It hears the others, and they do not hear it.
        ONE_WAY,
        /// Nothing passes, and everything does, by turns.
        FLAPPING;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /// A way of the nodes to what they need.
    enum Way {
        KAFKA,
        ONE_BROKER,
        STORE;

        @Override
        public String toString() {
            return this == STORE ? "postgresql" : this == KAFKA ? "kafka" : "one broker";
        }
    }

    /// What is done to an MQTT broker that the cluster reads from, or to who reads.
    enum Outside {
        READER_KILLED,
        RESTARTED,
        KILLED,
        SESSION_TAKEN;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /// A change of the integration that loses and repeats nothing.
    enum Edit {
        MORE_TASKS("PATCH", "", "{\"tasks\":7}"),
        FEWER_TASKS("PATCH", "", "{\"tasks\":3}"),
        FILTERS("PATCH", "", "{\"filters\":[\"rig/#\",\"other/+/rig\"]}"),
        PRODUCER("PATCH", "", "{\"linger\":\"5ms\"}"),
        HEADERS("PATCH", "", "{\"headers\":{\"edited\":\"yes\"}}"),
        RESTART("POST", "/restart", ""),
        /// What comes before [#ON] is acknowledged as wanted by nobody.
        OFF("POST", "/disable", ""),
        ON("POST", "/enable", "");

        private final String method;
        private final String action;
        private final String body;

        Edit(String method, String action, String body) {
            this.method = method;
            this.action = action;
            this.body = body;
        }

        void tell(ClusterRig rig) {
            rig.tell(method, action, "application/merge-patch+json", body);
        }
    }

    ClusterDraw {
        order = List.copyOf(order);
        edits = List.copyOf(edits);
    }

    static ClusterDraw of(long seed, int nodes) {
        var random = new Random(seed);
        var order = new ArrayList<>(IntStream.range(0, nodes).boxed().toList());
        var edits = new ArrayList<>(EnumSet.complementOf(EnumSet.of(Edit.ON)));
        Collections.shuffle(order, random);
        Collections.shuffle(edits, random);
        edits.add(edits.indexOf(Edit.OFF) + 1, Edit.ON);
        return new ClusterDraw(
                random.nextInt(CALM_MIN_MILLIS, CALM_MAX_MILLIS),
                random.nextBoolean(),
                random.nextInt(AWAY_MIN_MILLIS, AWAY_MAX_MILLIS),
                random.nextBoolean(),
                random.nextInt(ClusterRig.PARTITIONS),
                any(Cut.values(), random),
                order,
                edits,
                any(Relay.Ailment.values(), random),
                any(Way.values(), random),
                any(Outside.values(), random));
    }

    private static <T> T any(T[] values, Random random) {
        return values[random.nextInt(values.length)];
    }
}
