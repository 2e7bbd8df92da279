@NullMarked
package io.sluice.node.queue;

import org.jspecify.annotations.NullMarked;
