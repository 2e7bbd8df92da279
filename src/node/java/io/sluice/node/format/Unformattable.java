package io.sluice.node.format;

/// An arrival cannot become a record; it belongs among the dead letters. Carries no stack trace: it is an outcome, not
/// a defect.
public final class Unformattable extends Exception {
    public Unformattable(String reason) {
        super(reason, null, false, false);
    }
}
