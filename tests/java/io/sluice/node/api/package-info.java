@NullMarked
package io.sluice.node.api;

import org.jspecify.annotations.NullMarked;
