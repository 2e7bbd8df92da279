@NullMarked
package io.sluice.node.observe;

import org.jspecify.annotations.NullMarked;
