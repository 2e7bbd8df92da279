package io.sluice.node.http;

/// Does what one operation is there for, on a virtual thread: it may block, within the limit of a request.
@FunctionalInterface
public interface Handler {

    /// @throws Problem if it cannot be done
    Answer handle(Call call);
}
