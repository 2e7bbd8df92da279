package io.sluice.node.cluster;

/// Marks what may travel between nodes.
public interface ClusterMessage {}
