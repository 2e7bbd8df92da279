/// The Kafka clusters a node may talk to, by name, and what each wants to be told to let us in.
///
/// Promises: a property given by a user passes the allow list or is refused by name. Never does: sends a record
/// that stays.
@NullMarked
package io.sluice.node.broker;

import org.jspecify.annotations.NullMarked;
