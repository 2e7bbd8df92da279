@NullMarked
package io.sluice.node.catalog;

import org.jspecify.annotations.NullMarked;
