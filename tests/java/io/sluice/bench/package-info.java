/// Tests of the witness: that it publishes what it says, and sees what is wrong.
@NullMarked
package io.sluice.bench;

import org.jspecify.annotations.NullMarked;
