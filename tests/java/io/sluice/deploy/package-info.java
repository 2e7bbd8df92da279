/// What stands in `deploy`, read as those would read it who run it.
@NullMarked
package io.sluice.deploy;

import org.jspecify.annotations.NullMarked;
