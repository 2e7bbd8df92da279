/// The MQTT listener: devices publish here.
///
/// Promises: PUBACK, PUBREC and PUBCOMP leave in order of receipt and only after every matching integration is safe;
/// a connection that feeds a full task is not read. Never does: keep messages for subscribers, block an event loop.
///
/// What a connection sends in part is kept in one place, the bytes of its packet reader, and counted there
/// (`Unread`). In front of it a connection keeps at most one read of the socket, a TLS record and, on the way
/// to a WebSocket, the head of one HTTP request (12 KiB); no body of a request and no frame is gathered.
@NullMarked
package io.sluice.node.mqtt;

import org.jspecify.annotations.NullMarked;
