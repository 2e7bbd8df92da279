/// Integration tasks: sharded actors that each own one stream of records into Kafka.
///
/// Promises: an arrival is acknowledged after Kafka did, a subject keeps its order, a failure stops the line instead
/// of skipping. Never does: drop a record that was handed over.
@NullMarked
package io.sluice.node.integration;

import org.jspecify.annotations.NullMarked;
