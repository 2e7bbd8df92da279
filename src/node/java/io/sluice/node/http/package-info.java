/// Serves what `openapi.yaml` describes, and nothing else.
///
/// Promises: a handler sees a request only if its caller may make it and it is as described: path, parameters, content
/// type, size, JSON and schema; every error is a problem (RFC 9457) with a code that has a page. Never does: knows what
/// an operation is about.
@NullMarked
package io.sluice.node.http;

import org.jspecify.annotations.NullMarked;
