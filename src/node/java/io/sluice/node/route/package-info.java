/// Finds the integrations that want a topic.
///
/// Promises: matching as MQTT 3.1.1 and 5 section 4.7 say; a snapshot never changes. Never does: I/O, actors, locks.
@NullMarked
package io.sluice.node.route;

import org.jspecify.annotations.NullMarked;
