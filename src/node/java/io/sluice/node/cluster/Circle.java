package io.sluice.node.cluster;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/// The other nodes of the cluster, and the newest word of each that was heard. Pure.
///
/// A word is told only to nodes that its speaker knew when it spoke. So who has heard a node can rely on it: that node
/// asks for the hearer's word, too, in whatever it decides from then on.
///
/// @param words by node; empty where nothing was heard yet
/// @param <W>   what nodes tell each other
public record Circle<W>(SortedMap<String, Optional<W>> words) {

    public Circle {
        words = Collections.unmodifiableSortedMap(new TreeMap<>(words));
    }

    /// Nobody else.
    public static <W> Circle<W> alone() {
        return new Circle<>(new TreeMap<>());
    }

    /// A node came.
    public Circle<W> with(String node) {
        return words.containsKey(node) ? this : put(node, Optional.empty());
    }

    /// A node is gone for good.
    public Circle<W> without(String node) {
        var left = new TreeMap<>(words);
        left.remove(node);
        return new Circle<>(left);
    }

    /// A node said something; one that is not known yet says it again.
    public Circle<W> heard(String node, W word) {
        return words.containsKey(node) ? put(node, Optional.of(word)) : this;
    }

    /// Of what they said only some.
    public <V> Circle<V> map(Function<W, V> part) {
        var parts = new TreeMap<String, Optional<V>>();
        words.forEach((node, word) -> parts.put(node, word.map(part)));
        return new Circle<>(parts);
    }

    private Circle<W> put(String node, Optional<W> word) {
        var more = new TreeMap<>(words);
        more.put(node, word);
        return new Circle<>(more);
    }
}
