/// Takes what MQTT brokers that exist already have for us: one connection per configured broker in the whole
/// cluster, as a client of it with a persistent session.
///
/// Promises: a message is acknowledged to the broker only after every integration that took it has it safe, in
/// the order in which the connection brought them; what waits is bounded, and at the bound the connection is not
/// read. Never does: connects again while something of the last connection is under way, gives up a session.
@NullMarked
package io.sluice.node.bridge;

import org.jspecify.annotations.NullMarked;
