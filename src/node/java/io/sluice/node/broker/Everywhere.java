package io.sluice.node.broker;

import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;

/// The answers to one question that was put to many at the same time, in the order of those asked.
///
/// @param given    by whom they came
/// @param failures why the others gave none
record Everywhere<K, V>(Map<K, V> given, Map<K, Throwable> failures) {

    /// Asked on a thread of its own, interrupted when time is up.
    interface Question<K, V> {
        V ask(K whom) throws Exception;
    }

    /// Who has not answered in time has failed with a [SocketTimeoutException].
    static <K, V> Everywhere<K, V> ask(List<K> whom, Duration limit, Question<K, V> question)
            throws InterruptedException {
        var tasks = new LinkedHashMap<K, FutureTask<V>>();
        for (var one : whom) {
            var task = new FutureTask<>(() -> question.ask(one));
            tasks.put(one, task);
            Thread.ofVirtual().name(Walk.THREAD).start(task);
        }
        try {
            return answers(tasks, System.nanoTime() + limit.toNanos());
        } finally {
            tasks.values().forEach(task -> task.cancel(true));
        }
    }

    private static <K, V> Everywhere<K, V> answers(Map<K, FutureTask<V>> tasks, long endNanos)
            throws InterruptedException {
        var given = new LinkedHashMap<K, V>();
        var failures = new LinkedHashMap<K, Throwable>();
        for (var task : tasks.entrySet()) {
            try {
                var left = Math.max(0, endNanos - System.nanoTime());
                given.put(task.getKey(), task.getValue().get(left, TimeUnit.NANOSECONDS));
            } catch (TimeoutException _) {
                failures.put(task.getKey(), new SocketTimeoutException("no answer in time"));
            } catch (ExecutionException e) {
                failures.put(task.getKey(), e.getCause() == null ? e : e.getCause());
            }
        }
        return new Everywhere<>(given, failures);
    }

    /// OK if anybody answered, with a warning for each who did not.
    Finding finding(Causes causes, BiFunction<K, V, String> words) {
        var troubles = new ArrayList<Finding.Trouble>();
        failures.forEach((whom, failure) -> {
            var trouble = causes.of(failure);
            troubles.add(new Finding.Trouble(whom + " " + trouble.words(), trouble.cure()));
        });
        if (given.isEmpty()) {
            var all = troubles.stream().map(Finding.Trouble::words).toList();
            return Finding.failed(String.join("; ", all), troubles.getFirst().cure());
        }
        var seen = new ArrayList<String>();
        given.forEach((whom, answer) -> seen.add(whom + " " + words.apply(whom, answer)));
        var warnings = troubles.stream()
                .map(trouble -> trouble.words() + "; " + trouble.cure())
                .toList();
        return Finding.ok(String.join("; ", seen), warnings);
    }
}
