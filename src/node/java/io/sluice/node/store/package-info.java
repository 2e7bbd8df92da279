/// The data base of a node: task epochs and dead letters.
///
/// Promises: what a call has returned is on disk. Never does: run on an actor thread.
@NullMarked
package io.sluice.node.store;

import org.jspecify.annotations.NullMarked;
