@NullMarked
package io.sluice.node.embedded;

import org.jspecify.annotations.NullMarked;
