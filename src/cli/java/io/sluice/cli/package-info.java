/// The command line: what an operator asks a node from a terminal.
///
/// Promises: talks to the node's HTTP endpoints and nothing else; one clear line and an exit code on failure;
/// shows no token but one that was just made to be shown. Never does: load a part of the node.
@NullMarked
package io.sluice.cli;

import org.jspecify.annotations.NullMarked;
