/// The operations of the REST API: what `openapi.yaml` describes, done.
///
/// Promises: a change is answered when it is stored and this node has seen it; a published message when it is safe.
/// Never does: HTTP, which is room `http`; decides who may, which is room `access`.
@NullMarked
package io.sluice.node.api;

import org.jspecify.annotations.NullMarked;
