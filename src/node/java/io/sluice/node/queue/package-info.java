/// The queue of an integration: a Kafka topic between the node that received a message and the task that sends it on.
///
/// Promises: what was written is read in the order of each partition, from where the last commit stands, and committed
/// after it was settled; Kafka removes it after that commit, and sooner only where the operator says so. Never does:
/// look into a payload, skip what it cannot read.
@NullMarked
package io.sluice.node.queue;

import org.jspecify.annotations.NullMarked;
