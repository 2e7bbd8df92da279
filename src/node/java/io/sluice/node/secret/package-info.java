/// Texts that must not be seen.
///
/// Promises: a [Secret] shows `***` wherever it is printed. Never does: stores a secret in clear.
@NullMarked
package io.sluice.node.secret;

import org.jspecify.annotations.NullMarked;
