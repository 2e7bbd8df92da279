/// The live view: what the nodes of this cluster receive, shown at once to whoever watches.
///
/// Promises: each viewer sees what any node received and its filters match, once and in the order of its publisher, as
/// long as it keeps up; what does not fit is dropped and counted. Nobody who publishes waits for a viewer, and while
/// nobody watches it costs one look at a counter. Never does: keep a message, acknowledge one, touch the way it goes.
@NullMarked
package io.sluice.node.live;

import org.jspecify.annotations.NullMarked;
