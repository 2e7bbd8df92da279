/// Apache Kafka inside this process, for a node that is given none.
///
/// Promises: the real broker (KRaft, one node), its data survives a restart and a kill. Never does: listen beyond the
/// configured host.
@NullMarked
package io.sluice.node.embedded;

import org.jspecify.annotations.NullMarked;
