/// What users of Sluice write against.
///
/// Promises: nothing but `java.*` and JSpecify on the class path, no change that breaks a compiled user.
/// Never does: any I/O, any threading, any logging.
@NullMarked
package io.sluice.sdk;

import org.jspecify.annotations.NullMarked;
