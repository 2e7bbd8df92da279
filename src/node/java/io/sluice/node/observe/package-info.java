/// What an operator sees: metrics, health, state.
///
/// Promises: every metric name and unit stands in one file; reading never changes state. Never does: hold back an
/// event.
@NullMarked
package io.sluice.node.observe;

import org.jspecify.annotations.NullMarked;
