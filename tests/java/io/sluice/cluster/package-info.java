/// Several nodes in processes of their own, and what is left of a promise when one of them fails.
///
/// Promises: real PostgreSQL, real Kafka, real devices; judged from outside. Never does: look inside a node.
@NullMarked
package io.sluice.cluster;

import org.jspecify.annotations.NullMarked;
