/// Journeys: whole nodes in processes of their own, driven by the programs that people use.
///
/// Promises: what a person sees of Sluice, its exit codes, its messages, its records, is seen here the same way. Never
/// does: look inside a node.
@NullMarked
package io.sluice.journey;

import org.jspecify.annotations.NullMarked;
