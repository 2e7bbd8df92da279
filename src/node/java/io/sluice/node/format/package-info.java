/// Makes a Kafka record of an arrival.
///
/// Promises: pure and compiled once; what it writes is pinned by golden files. Never does: I/O, parsing of a pattern
/// per message.
@NullMarked
package io.sluice.node.format;

import org.jspecify.annotations.NullMarked;
