package io.sluice.node.integration;

import io.sluice.node.event.Arrival;
import io.sluice.node.format.Unformattable;
import io.sluice.node.handover.Receiver.Lot;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.BoundedSourceQueue;
import org.apache.pekko.stream.QueueOfferResult;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running stream of one task: lots in, records into Kafka, lots out in the same order once they are safe.
///
/// While the shipments under way are not answered, lots that come are merged into the next one: nothing waits when
/// little comes, and batches grow by themselves when much does. That is the adaptive linger.
public final class Line {

    /// What the line is made of.
    ///
    /// @param merging  most bytes merged into one shipment
    /// @param parallel most shipments under way; 1 where each must be answered before the next
    /// @param careful  ship record by record, to find the one that Kafka finds invalid
    /// @param integration whose line it is
    /// @param onward   where outcomes are sent on, before what they came from counts as safe
    record Plan(
            Recorder recorder,
            long epoch,
            long merging,
            int parallel,
            boolean careful,
            String integration,
            Optional<Onward> onward) {

        private boolean tracesRecords() {
            return onward.isPresent() && !onward.get().next().onSuccess().isEmpty();
        }

        private boolean parks() {
            return onward.isEmpty() || onward.get().next().onFailure().isEmpty();
        }
    }

    /// Makes a record of an arrival.
    public interface Recorder {
        ProducerRecord<byte[], byte[]> record(Arrival arrival, String subject, long epoch) throws Unformattable;
    }

    /// Told when lots are safe, in the order they came.
    interface Listener {
        /// @param parked arrivals of each lot that ended among the dead letters, or were sent on as failed
        void safe(int[] parked);
    }

    /// Lots a line can hold; senders' windows keep it far below.
    private static final int LOTS_MAX = 1 << 16;

    /// Shipments that wait for the next integration at the same time.
    private static final int SENT_ON_MAX = 64;

    private static final Logger LOG = LoggerFactory.getLogger(Line.class);

    private static final String DISPATCHER = "sluice.dispatchers.produce";

    private final BoundedSourceQueue<Lot> queue;
    private final CompletionStage<Done> ended;

    private Line(BoundedSourceQueue<Lot> queue, CompletionStage<Done> ended) {
        this.queue = queue;
        this.ended = ended;
    }

    static Line start(ActorSystem<?> system, Plan plan, Outlet outlet, Parking parking, Listener listener) {
        var loading = new Loading(plan);
        var shipping = new Shipping(plan, outlet, parking);
        var shipped = Source.<Lot>queue(LOTS_MAX)
                .batchWeighted(plan.merging(), lot -> lot.batch().weight(), Line::first, Line::merged)
                .map(loading::load)
                .mapAsync(plan.parallel(), shipping::ship);
        var safe = plan.onward()
                .map(onward -> shipped.mapAsync(SENT_ON_MAX, shipment -> shipment.sendOn(plan, onward)))
                .orElse(shipped);
        Pair<BoundedSourceQueue<Lot>, CompletionStage<Done>> running = safe.toMat(
                        Sink.<Shipment>foreach(shipment -> listener.safe(shipment.failed())), Keep.both())
                .withAttributes(ActorAttributes.dispatcher(DISPATCHER))
                .run(system);
        return new Line(running.first(), running.second());
    }

    /// Why an arrival that a recorder made nothing of is a dead letter.
    static String reason(Exception failure) {
        return failure instanceof Unformattable ? "unformattable" : "formatter failed";
    }

    /// What its dead letter says.
    static String error(Exception failure) {
        return String.valueOf(failure.getMessage());
    }

    /// Ends when the line was closed and all is safe, or fails with what broke it.
    CompletionStage<Done> ended() {
        return ended;
    }

    void offer(Lot lot) {
        var result = queue.offer(lot);
        if (result.equals(QueueOfferResult.dropped())) {
            throw new IllegalStateException("line: expected at most %d lots, was more".formatted(LOTS_MAX));
        }
    }

    /// Takes no more lots; those it has are still shipped. May be called at any time, also on a line that has failed.
    void close() {
        try {
            queue.complete();
        } catch (IllegalStateException _) {
            // closed before, or failed: it takes nothing more as it is
        }
    }

    private static List<Lot> first(Lot lot) {
        var lots = new ArrayList<Lot>(4);
        lots.add(lot);
        return lots;
    }

    private static List<Lot> merged(List<Lot> lots, Lot next) {
        lots.add(next);
        return lots;
    }

    /// Sends shipments off, several at a time. What of them is parked is parked in the order in which it came, or a
    /// replay would turn the messages of a subject around. One call at a time.
    private static final class Shipping {
        private final Plan plan;
        private final Outlet outlet;
        private final Parking parking;
        private CompletableFuture<?> earlier = CompletableFuture.completedFuture(null);

        private Shipping(Plan plan, Outlet outlet, Parking parking) {
            this.plan = plan;
            this.outlet = outlet;
            this.parking = parking;
        }

        private CompletionStage<Shipment> ship(Shipment shipment) {
            var before = earlier;
            var shipped = outlet.ship(shipment.records, plan.careful())
                    .thenCompose(refusals -> {
                        refusals.forEach(
                                refusal -> shipment.refused(refusal.index(), refusal.reason(), refusal.cause()));
                        return shipment.failures.isEmpty() || !plan.parks()
                                ? CompletableFuture.completedFuture(shipment)
                                : before.handle((_, _) -> shipment).thenCompose(this::park);
                    })
                    .toCompletableFuture();
            earlier = CompletableFuture.allOf(before, shipped);
            return shipped;
        }

        private CompletionStage<Shipment> park(Shipment shipment) {
            return parking.park(shipment.letters(), outlet::isStopped).thenApply(_ -> shipment);
        }
    }

    /// Makes shipments of lots.
    private record Loading(Plan plan) {
        private Shipment load(List<Lot> lots) {
            var shipment = new Shipment(lots);
            for (int i = 0; i < lots.size(); i++) {
                var batch = lots.get(i).batch();
                for (int j = 0; j < batch.size(); j++) {
                    shipment.add(
                            plan, i, batch.arrivals().get(j), batch.subjects().get(j));
                }
            }
            if (plan.tracesRecords()) {
                shipment.records.replaceAll(Traced::new);
            }
            return shipment;
        }
    }

    /// Lots that go to Kafka together, and what of them goes elsewhere.
    private static final class Shipment {
        private record Place(int position, int lot, Arrival arrival, String subject) {}

        private record Failure(int position, int lot, Parking.Letter letter) {
            private static Failure of(Place place, String reason, Exception cause) {
                return new Failure(
                        place.position,
                        place.lot,
                        new Parking.Letter(place.arrival, place.subject, reason, error(cause)));
            }
        }

        private final List<Lot> lots;
        private final List<ProducerRecord<byte[], byte[]>> records;
        private final List<Place> places;
        private final List<Failure> failures = new ArrayList<>(0);

        private Shipment(List<Lot> lots) {
            this.lots = lots;
            var size = lots.stream().mapToInt(lot -> lot.batch().size()).sum();
            this.records = new ArrayList<>(size);
            this.places = new ArrayList<>(size);
        }

        private void add(Plan plan, int lot, Arrival arrival, String subject) {
            var place = new Place(places.size() + failures.size(), lot, arrival, subject);
            try {
                records.add(plan.recorder().record(arrival, subject, plan.epoch()));
                places.add(place);
            } catch (Unformattable e) {
                failures.add(Failure.of(place, reason(e), e));
            } catch (RuntimeException e) {
                LOG.error("arrival [{}] on topic [{}] made the formatter fail", arrival.id(), arrival.topic(), e);
                failures.add(Failure.of(place, reason(e), e));
            }
        }

        private void refused(int index, String reason, Exception cause) {
            failures.add(Failure.of(places.get(index), reason, cause));
        }

        private List<Parking.Letter> letters() {
            return failures.stream()
                    .sorted(Comparator.comparingInt(Failure::position))
                    .map(Failure::letter)
                    .toList();
        }

        private CompletionStage<Shipment> sendOn(Plan plan, Onward onward) {
            var outcomes = new ArrayList<Outcome>();
            if (plan.tracesRecords()) {
                addSuccesses(plan.integration(), onward.next().onSuccess(), outcomes);
            }
            if (!plan.parks()) {
                for (var letter : letters()) {
                    outcomes.add(Outcome.failure(
                            onward.next().onFailure(),
                            plan.integration(),
                            letter.arrival(),
                            letter.reason(),
                            letter.error()));
                }
            }
            return onward.send(outcomes).thenApply(_ -> this);
        }

        private void addSuccesses(String integration, String target, List<Outcome> outcomes) {
            var failed = new BitSet();
            failures.forEach(failure -> failed.set(failure.position));
            for (int i = 0; i < places.size(); i++) {
                var place = places.get(i);
                if (!failed.get(place.position) && records.get(i) instanceof Traced traced) {
                    outcomes.add(Outcome.success(target, integration, place.arrival, traced.taken()));
                }
            }
        }

        private int[] failed() {
            var failed = new int[lots.size()];
            failures.forEach(failure -> failed[failure.lot]++);
            return failed;
        }
    }
}
