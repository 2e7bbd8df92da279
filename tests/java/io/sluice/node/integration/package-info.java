@NullMarked
package io.sluice.node.integration;

import org.jspecify.annotations.NullMarked;
