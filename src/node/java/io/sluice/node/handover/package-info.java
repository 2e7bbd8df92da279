/// Brings arrivals from the node that received them to the task that owns their subject, in order: to the task itself,
/// or into the queue that it reads.
///
/// Promises: nothing acknowledged is lost, first deliveries of a session stay in order, at most one window is in
/// flight. Never does: look into a payload, acknowledge before the task or the queue's Kafka did.
@NullMarked
package io.sluice.node.handover;

import org.jspecify.annotations.NullMarked;
