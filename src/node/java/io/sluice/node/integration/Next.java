package io.sluice.node.integration;

/// Where an integration sends on what became of its messages.
///
/// @param onSuccess integration that gets what was delivered, empty if none
/// @param onFailure integration that gets what cannot be delivered, empty if none: then it is parked
public record Next(String onSuccess, String onFailure) {
    /// The end of a chain, or no chain.
    public static final Next NOWHERE = new Next("", "");

    boolean isNowhere() {
        return onSuccess.isEmpty() && onFailure.isEmpty();
    }
}
