/// The node: wires the packages below it and owns their start and end.
///
/// Promises: starts downstream first and stops upstream first. Never does: handle a message.
@NullMarked
package io.sluice.node;

import org.jspecify.annotations.NullMarked;
