@NullMarked
package io.sluice.node.live;

import org.jspecify.annotations.NullMarked;
