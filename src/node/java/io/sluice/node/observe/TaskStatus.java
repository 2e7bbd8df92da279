package io.sluice.node.observe;

/// How one integration task is, as an operator is told.
///
/// @param node        where it lives, as `host:port` of the cluster
/// @param heldBatches batches accepted and not yet safe
/// @param lagSeconds  age of the oldest of them
/// @param epoch       generation of the owner, 0 before the first start
/// @param queueLag    messages in its part of the queue, as last seen
/// @param problem     why the task last failed, empty while it runs
public record TaskStatus(
        String node,
        String integration,
        int task,
        String phase,
        int heldBatches,
        double lagSeconds,
        long epoch,
        long queueLag,
        String problem) {}
