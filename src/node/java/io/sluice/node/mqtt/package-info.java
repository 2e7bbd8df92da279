/// The MQTT listener: devices publish here.
///
/// Promises: PUBACK, PUBREC and PUBCOMP leave in order of receipt and only after every matching integration is safe;
/// a connection that feeds a full task is not read. Never does: keep messages for subscribers, block an event loop.
@NullMarked
package io.sluice.node.mqtt;

import org.jspecify.annotations.NullMarked;
