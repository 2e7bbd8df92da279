/// What programs and people reach over HTTP: publishing, and the replay of dead letters.
///
/// Promises: what it took is safe when it says so, in order, like what comes by MQTT; bounded in memory
/// and time. Never does: format a record, choose an integration.
@NullMarked
package io.sluice.node.api;

import org.jspecify.annotations.NullMarked;
