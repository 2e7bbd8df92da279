/// The node: wires the packages below it, owns their start and end, and keeps what runs as it is defined.
///
/// Promises: starts downstream first and stops upstream first; a change of a definition loses and reorders nothing.
/// Never does: handle a message.
@NullMarked
package io.sluice.node;

import org.jspecify.annotations.NullMarked;
