/// The catalog: what the cluster is to do, as people have defined it over the API, with every change that ever was.
///
/// Promises: changes have one order, a change made on an old view is refused, and what is refused changed nothing.
/// Never does: run anything. Nodes compare what they run with it.
@NullMarked
package io.sluice.node.catalog;

import org.jspecify.annotations.NullMarked;
