package io.sluice.node.handover;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A simulated handover: publishers, ingress nodes with a sender each, one task that moves and restarts, a Kafka
/// log, and a network that loses, repeats, delays and reorders. Everything follows from the seed.
///
/// Publishers behave as MQTT clients do: at most a few unacknowledged messages of a subject, sent again in order, on
/// another node, when theirs dies.
final class World {

    /// A message: the n-th of a subject.
    record Message(int subject, int n) {}

    /// What one sender hands over at once.
    record Parcel(List<Message> messages) {
        long weight() {
            return messages.size();
        }
    }

    private record Writing(Message message, long session, long incarnation) {}

    /// Where a checker finds out what went wrong.
    static final class Broken extends AssertionError {
        Broken(String what) {
            super(what);
        }
    }

    static final int WINDOW = 4;
    static final int WINDOW_WEIGHT = 12;
    private static final int SUBJECTS = 5;
    private static final int MESSAGES = 30;
    private static final int UNACKNOWLEDGED_MAX = 6;
    static final Duration RESEND = Duration.ofNanos(60);

    private final Random random;
    private final Defect defect;
    private final Set<Writing> writings = new HashSet<>();
    private final Set<Message> inLog = new HashSet<>();
    private final Set<Message> acknowledged = new HashSet<>();
    private final int[] nextToPublish = new int[SUBJECTS];
    private final List<Deque<Message>> unacknowledged = new ArrayList<>();
    private final int[] homes = new int[SUBJECTS];
    private final List<Ingress> ingresses = new ArrayList<>();
    private final PriorityQueue<Delivery> network = new PriorityQueue<>();
    private final List<Executor> executors = new ArrayList<>();
    private long now;
    private long deliveries;
    private int faultsLeft;
    private long sessions = 1;

    World(long seed, Defect defect) {
        this.random = new Random(seed);
        this.defect = defect;
        this.faultsLeft = 40 + random.nextInt(80);
        for (int subject = 0; subject < SUBJECTS; subject++) {
            unacknowledged.add(new ArrayDeque<>());
        }
        for (int node = 0; node < 2; node++) {
            ingresses.add(new Ingress(sessions++));
        }
        for (int subject = 0; subject < SUBJECTS; subject++) {
            homes[subject] = random.nextInt(ingresses.size());
        }
        executors.add(new Executor(incarnation()));
    }

    /// Runs until everything is acknowledged; faults stop after a while, then it must come to an end.
    void run() {
        var patience = 60_000;
        while (acknowledged.size() < SUBJECTS * MESSAGES) {
            if (now++ > patience) {
                throw new Broken("liveness: %d of %d messages acknowledged after %d steps"
                        .formatted(acknowledged.size(), SUBJECTS * MESSAGES, patience));
            }
            step();
        }
    }

    private void step() {
        publish();
        while (!network.isEmpty() && network.element().at <= now) {
            network.remove().run.run();
        }
        executors.forEach(Executor::work);
        ingresses.forEach(ingress -> ingress.run(ingress.window.tick(now)));
        if (faultsLeft > 0 && random.nextInt(25) == 0) {
            faultsLeft--;
            fault();
        }
    }

    private void publish() {
        for (int subject = 0; subject < SUBJECTS; subject++) {
            var open = unacknowledged.get(subject);
            if (open.isEmpty()) {
                homes[subject] = random.nextInt(ingresses.size());
            }
            if (random.nextInt(3) > 0 || nextToPublish[subject] == MESSAGES) {
                continue;
            }
            var messages = new ArrayList<Message>();
            var most = 1 + random.nextInt(3);
            while (messages.size() < most && open.size() < UNACKNOWLEDGED_MAX && nextToPublish[subject] < MESSAGES) {
                var message = new Message(subject, nextToPublish[subject]++);
                open.add(message);
                messages.add(message);
            }
            if (!messages.isEmpty()) {
                ingresses.get(homes[subject]).offer(new Parcel(messages));
            }
        }
    }

    private void fault() {
        switch (random.nextInt(5)) {
            case 0 -> executors.getLast().restart();
            case 1 -> moveTask();
            case 2 -> killIngress(random.nextInt(ingresses.size()));
            case 3 -> executors.getLast().stallUntil = now + random.nextInt(150);
            default -> network.removeIf(_ -> random.nextBoolean());
        }
    }

    /// A new owner starts; the old one may go on for a while, as a paused process does.
    private void moveTask() {
        var old = executors.getLast();
        if (random.nextBoolean()) {
            old.dead = true;
        } else {
            old.diesAt = now + random.nextInt(120);
        }
        executors.add(new Executor(incarnation()));
    }

    private void killIngress(int node) {
        ingresses.get(node).dead = true;
        ingresses.set(node, new Ingress(defect.session(ingresses.get(node).session, sessions++)));
        for (int subject = 0; subject < SUBJECTS; subject++) {
            if (homes[subject] == node) {
                homes[subject] = random.nextInt(ingresses.size());
                var again = List.copyOf(unacknowledged.get(subject));
                if (!again.isEmpty()) {
                    ingresses.get(homes[subject]).offer(new Parcel(again));
                }
            }
        }
    }

    private long incarnation() {
        return 1 + random.nextLong(Long.MAX_VALUE - 1);
    }

    private void send(Runnable delivery) {
        if (faultsLeft > 0 && random.nextInt(12) == 0) {
            return;
        }
        var copies = faultsLeft > 0 && random.nextInt(12) == 0 ? 2 : 1;
        for (int i = 0; i < copies; i++) {
            var delay = 1 + (faultsLeft > 0 && random.nextInt(6) == 0 ? random.nextInt(90) : random.nextInt(3));
            network.add(new Delivery(now + delay, deliveries++, delivery));
        }
    }

    private record Delivery(long at, long order, Runnable run) implements Comparable<Delivery> {
        @Override
        public int compareTo(Delivery other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
        }
    }

    /// A node that publishers are connected to, with its sender.
    private final class Ingress {
        private final long session;
        private final SendWindow<Parcel> window;
        private @Nullable Executor known;
        private boolean dead;

        private Ingress(long session) {
            this.session = session;
            this.window = defect.sender();
        }

        private void offer(Parcel parcel) {
            run(window.offer(parcel, now));
        }

        private void run(List<SendWindow.Effect<Parcel>> effects) {
            for (var effect : defect.effects(effects)) {
                switch (effect) {
                    case SendWindow.Effect.Open<Parcel>(var base) -> {
                        var to = executors.getLast();
                        send(() -> to.onOpen(this, base));
                    }
                    case SendWindow.Effect.Hand<Parcel>(var incarnation, var base, var number, var parcel) -> {
                        var to = known == null ? executors.getLast() : known;
                        send(() -> to.onHand(this, incarnation, base, number, parcel));
                    }
                    case SendWindow.Effect.Settle<Parcel>(var parcel) -> acknowledge(parcel);
                }
            }
            if (window.inFlightCount() > WINDOW) {
                throw new Broken("window: at most %d in flight, was %d".formatted(WINDOW, window.inFlightCount()));
            }
        }

        private void acknowledge(Parcel parcel) {
            for (var message : parcel.messages()) {
                if (!inLog.contains(message)) {
                    throw new Broken("loss: " + message + " was acknowledged and is not in the log");
                }
                acknowledged.add(message);
                unacknowledged.get(message.subject()).remove(message);
            }
        }

        private void answer(Executor from, ReceiveWindow.Answer answer) {
            send(() -> {
                if (!dead) {
                    onAnswer(from, answer);
                }
            });
        }

        private void onAnswer(Executor from, ReceiveWindow.Answer answer) {
            switch (answer) {
                case ReceiveWindow.Answer.Accepted _ -> {}
                case ReceiveWindow.Answer.Opened(var incarnation, var expected, var upTo, var _) -> {
                    known = from;
                    run(window.opened(incarnation, expected, upTo, now));
                }
                case ReceiveWindow.Answer.Expected(var incarnation, var expected) ->
                    run(window.expected(incarnation, expected));
                case ReceiveWindow.Answer.Acknowledged(var incarnation, var upTo, var _) ->
                    run(window.acknowledged(incarnation, upTo, now));
            }
        }
    }

    /// A node that runs the task: accepts parcels and writes them to the log some time later, in order.
    private final class Executor {
        private record Taken(Ingress from, long number, Parcel parcel) {}

        private ReceiveWindow window;
        private long incarnation;
        private final Deque<Taken> taken = new ArrayDeque<>();
        private final Deque<Taken> written = new ArrayDeque<>();
        private long stallUntil;
        private long diesAt = Long.MAX_VALUE;
        private boolean dead;

        private Executor(long incarnation) {
            this.incarnation = incarnation;
            this.window = defect.receiver(incarnation);
        }

        private void restart() {
            taken.clear();
            written.clear();
            incarnation = incarnation();
            window = defect.receiver(incarnation);
        }

        private void onOpen(Ingress from, long base) {
            if (!isDead()) {
                from.answer(this, window.opened(from.session, base));
            }
        }

        private void onHand(Ingress from, long incarnation, long base, long number, Parcel parcel) {
            if (isDead()) {
                return;
            }
            var answer = window.handed(from.session, incarnation, base, number);
            if (answer instanceof ReceiveWindow.Answer.Accepted) {
                taken.add(new Taken(from, number, parcel));
                if (defect.acknowledgesAtOnce()) {
                    from.answer(this, window.settled(from.session, number, 0));
                }
            } else {
                from.answer(this, answer);
            }
        }

        private void work() {
            if (isDead() || stallUntil > now) {
                return;
            }
            if (!taken.isEmpty() && random.nextInt(3) > 0) {
                var next = defect.next(taken);
                next.parcel.messages().forEach(message -> write(message, next.from.session, incarnation));
                written.add(next);
            }
            if (!written.isEmpty() && random.nextInt(3) > 0) {
                var next = written.remove();
                if (!defect.acknowledgesAtOnce()) {
                    next.from.answer(this, window.settled(next.from.session, next.number, 0));
                }
            }
        }

        private boolean isDead() {
            return dead || diesAt <= now;
        }
    }

    private void write(Message message, long session, long incarnation) {
        if (!writings.add(new Writing(message, session, incarnation))) {
            throw new Broken("repeat: " + message + " was written twice in one handover to one incarnation");
        }
        if (inLog.add(message)) {
            var before = new Message(message.subject(), message.n() - 1);
            if (message.n() > 0 && !inLog.contains(before)) {
                throw new Broken("order: " + message + " reached the log before " + before);
            }
        }
    }
}
