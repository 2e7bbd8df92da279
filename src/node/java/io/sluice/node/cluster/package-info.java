/// What makes a node part of a cluster: how it is found and let in, guards of the transport, what travels between
/// nodes, and whether it may still write for the others.
///
/// Promises: no transport beyond loopback without mutual TLS; a node that was taken out, or stood still for so long
/// that it may have been, is fenced. Never does: know a domain message.
@NullMarked
package io.sluice.node.cluster;

import org.jspecify.annotations.NullMarked;
