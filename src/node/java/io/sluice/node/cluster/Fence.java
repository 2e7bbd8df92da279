package io.sluice.node.cluster;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.ClusterEvent.MemberDowned;
import org.apache.pekko.cluster.ClusterEvent.MemberEvent;
import org.apache.pekko.cluster.ClusterEvent.MemberRemoved;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Subscribe;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether this node may write for the cluster. It may not once it was taken out, for others own its tasks then. Nor
/// may it for a while after it stood still for so long that others may have taken it out unheard: stopped, swapped out,
/// a
/// virtual machine that was moved. Any thread.
///
/// A node whose settings find no others is never fenced.
///
/// ```
/// open → closed     the node stood still for longer than the limit.
/// closed → open     it goes on for as long as the limit, and nobody has said that it was taken out.
/// any → closed      for good: it was taken out.
/// ```
///
/// What the producer had under way when the node stood still may come late; that is a window at most.
public final class Fence {
    private static final Logger log = LoggerFactory.getLogger(Fence.class);
    private static final Duration BEAT = Duration.ofMillis(500);

    private final LongSupplier nanos;
    private final LongSupplier millis;
    private volatile long limitNanos = Long.MAX_VALUE;
    private volatile long beatNanos;
    private volatile long beatMillis;
    private volatile boolean probation;
    private long openNanos;
    private volatile boolean takenOut;

    /// One that is open until it guards something.
    public Fence() {
        this(System::nanoTime, System::currentTimeMillis);
    }

    /// @param nanos  a clock that may stand still with the machine
    /// @param millis one that goes on, and may be set
    Fence(LongSupplier nanos, LongSupplier millis) {
        this.nanos = nanos;
        this.millis = millis;
        beatNanos = nanos.getAsLong();
        beatMillis = millis.getAsLong();
    }

    /// From now on this node is one of several. Once, before it owns anything.
    ///
    /// @param stableAfter how long the cluster looks at a view before it takes anyone out
    public void guard(ActorSystem<?> system, Duration stableAfter) {
        var cluster = Cluster.get(system);
        limit(stableAfter.plusNanos(
                cluster.downingProvider().downRemovalMargin().toNanos()));
        var heart = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("sluice-fence").factory());
        var _ = heart.scheduleAtFixedRate(this::beat, 0, BEAT.toMillis(), TimeUnit.MILLISECONDS);
        var _ = system.getWhenTerminated().whenComplete((_, _) -> heart.shutdownNow());
        var self = cluster.selfUniqueAddress();
        system.systemActorOf(
                Behaviors.<MemberEvent>setup(context -> {
                    org.apache.pekko.cluster.typed.Cluster.get(context.getSystem())
                            .subscriptions()
                            .tell(Subscribe.create(context.getSelf(), MemberEvent.class));
                    return Behaviors.receiveMessage(event -> {
                        if (tells(event) && event.member().uniqueAddress().equals(self)) {
                            takeOut();
                        }
                        return Behaviors.same();
                    });
                }),
                "fence",
                Props.empty());
    }

    /// Who leaves by itself is removed, too.
    private static boolean tells(MemberEvent event) {
        return event instanceof MemberDowned
                || (event instanceof MemberRemoved removed
                        && removed.previousStatus().equals(MemberStatus.down()));
    }

    /// @param limit shorter than others need, from when they miss this node, until they own what it owned
    synchronized void limit(Duration limit) {
        beatNanos = nanos.getAsLong();
        beatMillis = millis.getAsLong();
        limitNanos = limit.toNanos();
    }

    /// The node goes on. Said a few times within the limit.
    synchronized void beat() {
        var now = nanos.getAsLong();
        if (stoodStill(now)) {
            log.warn(
                    "this node stood still for {} s: it writes nothing for {} s, others may have its tasks",
                    Math.max(now - beatNanos, (millis.getAsLong() - beatMillis) * 1_000_000) / 1_000_000_000,
                    Duration.ofNanos(limitNanos).toSeconds());
            openNanos = now + limitNanos;
            probation = true;
        } else if (probation && now - openNanos >= 0) {
            probation = false;
        }
        beatMillis = millis.getAsLong();
        beatNanos = now;
    }

    void takeOut() {
        if (!takenOut) {
            takenOut = true;
            log.warn("this node was taken out of the cluster: it writes nothing any more");
        }
    }

    /// Whether the node was taken out of the cluster: nothing of it is of use to anyone any more.
    public boolean isTakenOut() {
        return takenOut;
    }

    /// Whether it may write. Costs two looks at a clock.
    public boolean isOpen() {
        return !takenOut
                && !stoodStill(nanos.getAsLong())
                && !probation; // in this order: the heart sets them in the other
    }

    private boolean stoodStill(long now) {
        return now - beatNanos > limitNanos || millis.getAsLong() - beatMillis > limitNanos / 1_000_000;
    }
}
