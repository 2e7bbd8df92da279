/// What makes a node part of a cluster: marker of what travels between nodes, guards of the transport.
///
/// Promises: no transport beyond loopback without mutual TLS. Never does: know a domain message.
@NullMarked
package io.sluice.node.cluster;

import org.jspecify.annotations.NullMarked;
