/// What travels through a node: one arrival, and the ways it can end.
///
/// Promises: immutable values; an absent text is empty, never null. Never does: I/O, parsing of a wire format.
@NullMarked
package io.sluice.node.event;

import org.jspecify.annotations.NullMarked;
