@NullMarked
package io.sluice.node.store;

import org.jspecify.annotations.NullMarked;
