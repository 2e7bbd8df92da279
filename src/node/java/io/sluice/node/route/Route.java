package io.sluice.node.route;

/// A target that wants the topics of one filter. A target with several filters has several routes.
public record Route<T>(TopicFilter filter, T target) {}
