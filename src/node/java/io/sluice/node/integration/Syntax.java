package io.sluice.node.integration;

import java.util.function.Consumer;

/// Checks texts that other packages understand. Each throws [IllegalArgumentException] with the position on a bad one.
///
/// @param filter  of an MQTT topic filter
/// @param pattern of a text with `${…}` and `$[…]`
public record Syntax(Consumer<String> filter, Consumer<String> pattern) {}
