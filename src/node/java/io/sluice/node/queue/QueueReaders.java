package io.sluice.node.queue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/// What one task reads of its integration's queue: usually of one topic, of several while an older one is not empty.
/// Confined to the task's actor, except where said.
public final class QueueReaders {
    private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

    /// Lanes of a forerunner count as so much less: all it has comes first.
    private static final long FORERUN = 1L << 48;

    /// A topic to read.
    ///
    /// @param forerunnerOf so many others: all it has comes before anything of them, whatever its lanes say
    public record Source(QueueTopic topic, int forerunnerOf) {
        private long shift() {
            return forerunnerOf * FORERUN;
        }
    }

    /// What a task may write, as a look at the queue found it.
    ///
    /// @param lanes up to these
    public record Look(List<Source> sources, long lanes) {
        public Look {
            sources = List.copyOf(sources);
        }
    }

    private final int task;
    private final Supplier<List<Source>> sources;
    private final QueueReader.Listener listener;
    private final Map<QueuePlace, QueueReader> readers = new ConcurrentHashMap<>();

    /// @param sources that the integration's queue is in, or was; may block
    public QueueReaders(int task, Supplier<List<Source>> sources, QueueReader.Listener listener) {
        this.task = task;
        this.sources = sources;
        this.listener = listener;
    }

    /// Any thread; may block, in bounded time.
    ///
    /// @param known lanes that have begun
    public Look look(long known) {
        var found = sources.get();
        var parts = new ArrayList<Clearance.Part>();
        for (var source : found) {
            var reader = readers.get(source.topic().place());
            var settled = new HashMap<Integer, Long>();
            if (reader != null && reader.settled() >= 0) {
                settled.put(task, reader.settled());
            }
            source.topic().parts(settled).forEach(part -> parts.add(shifted(part, source.shift())));
        }
        return new Look(found, Clearance.of(known, parts));
    }

    private static Clearance.Part shifted(Clearance.Part part, long by) {
        var first = part.firstLanes();
        return first.isEmpty()
                ? part
                : new Clearance.Part(
                        part.partition(),
                        part.begin(),
                        part.settled(),
                        part.end(),
                        OptionalLong.of(first.getAsLong() - by));
    }

    /// Reads from now on what was found, and nothing else.
    public void follow(Look look) {
        var sources = new HashMap<QueuePlace, Source>();
        look.sources().forEach(source -> sources.put(source.topic().place(), source));
        sources.forEach((place, source) -> readers.computeIfAbsent(place, _ -> {
            var reader = new QueueReader(source.topic(), task, known -> allowed(source, look(known)), listener);
            reader.start();
            return reader;
        }));
        readers.entrySet().removeIf(entry -> {
            var isOver =
                    !sources.containsKey(entry.getKey()) && entry.getValue().isIdle();
            if (isOver) {
                entry.getValue().stop();
            }
            return isOver;
        });
        readers.forEach((place, reader) -> {
            var source = sources.get(place);
            reader.allow(source == null ? look.lanes() : allowed(source, look));
        });
    }

    private static long allowed(Source source, Look look) {
        return look.lanes() + source.shift();
    }

    /// Gives nothing more until it is to follow again.
    public void pause() {
        readers.values().forEach(reader -> reader.allow(QueueReader.NOTHING));
    }

    public boolean isEmpty() {
        return readers.isEmpty();
    }

    /// The task has something of these lanes, which were not clear.
    public void want(long lanes) {
        readers.values().forEach(reader -> reader.want(lanes));
    }

    /// Commits what is settled, and reads no more. May block, in bounded time.
    public void stop() {
        var all = List.copyOf(readers.values());
        readers.clear();
        all.forEach(QueueReader::stop);
        var deadline = System.nanoTime() + STOP_LIMIT.toNanos();
        all.forEach(reader -> reader.join(Duration.ofNanos(deadline - System.nanoTime())));
    }
}
