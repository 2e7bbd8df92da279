package io.sluice.node.broker;

import io.sluice.node.broker.Check.Outcome;
import java.util.List;

/// What a step of a [Check] found out.
record Finding(Outcome outcome, String detail, List<String> warnings, String cure) {

    /// What went wrong, in words for an operator.
    ///
    /// @param cure what to do about it
    record Trouble(String words, String cure) {}

    Finding {
        warnings = List.copyOf(warnings);
    }

    static Finding ok(String detail, List<String> warnings) {
        return new Finding(Outcome.OK, detail, warnings, "");
    }

    static Finding failed(String detail, String cure) {
        return new Finding(Outcome.FAILED, detail, List.of(), cure);
    }

    static Finding failed(Trouble trouble) {
        return failed(trouble.words(), trouble.cure());
    }

    static Finding skipped(String reason) {
        return new Finding(Outcome.SKIPPED, reason, List.of(), "");
    }
}
