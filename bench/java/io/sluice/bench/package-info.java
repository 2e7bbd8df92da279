/// The independent witness: a fleet of devices, a reader of Kafka, and one checker that judges a node from outside.
///
/// Promises: what it reports it saw itself, on the wire and in the topic; the checker is pure and proves its eyes on
/// planted defects.
/// Never does: use a class of the node, believe one of its counters.
@NullMarked
package io.sluice.bench;

import org.jspecify.annotations.NullMarked;
