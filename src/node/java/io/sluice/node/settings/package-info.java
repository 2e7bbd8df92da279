/// Reads HOCON into records, once, at start.
///
/// Promises: every problem is told at once, each with file, line, key, value and cure; an unknown key is a problem.
/// Never does: hands a `Config` to another package, reads HOCON that came over the network.
@NullMarked
package io.sluice.node.settings;

import org.jspecify.annotations.NullMarked;
