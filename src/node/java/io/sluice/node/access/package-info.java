/// Who may do what: users, tokens, sessions, and how often somebody may try.
///
/// Promises: a password, a token and a session are kept as hashes only; whoever was removed, locked or given another
/// password is out on every node within seconds; guessing is slow. Never does: HTTP.
@NullMarked
package io.sluice.node.access;

import org.jspecify.annotations.NullMarked;
