@NullMarked
package io.sluice.node.bridge;

import org.jspecify.annotations.NullMarked;
