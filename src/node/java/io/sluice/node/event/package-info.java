/// What travels through a node: one arrival, the ways it can end, and the CloudEvent that Kafka gives back.
///
/// Promises: immutable values; an absent text is empty, never null. Never does: I/O.
@NullMarked
package io.sluice.node.event;

import org.jspecify.annotations.NullMarked;
