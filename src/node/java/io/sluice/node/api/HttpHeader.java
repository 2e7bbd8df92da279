package io.sluice.node.api;

/// One header of a request; names are compared without regard to case.
public record HttpHeader(String name, String value) {
    boolean is(String other) {
        return name.equalsIgnoreCase(other);
    }
}
