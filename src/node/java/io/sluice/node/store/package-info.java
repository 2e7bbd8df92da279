/// The data base of a node, an H2 file of its own or a PostgreSQL server of all nodes: epochs, dead letters, and
/// the journal of the catalog. What differs between the two is in the implementations of `Engine`.
///
/// Promises: what a call has returned is on disk; no call waits for ever. Never does: run on an actor thread.
@NullMarked
package io.sluice.node.store;

import org.jspecify.annotations.NullMarked;
