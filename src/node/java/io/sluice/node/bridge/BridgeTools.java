package io.sluice.node.bridge;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.sluice.node.handover.Intake;
import io.sluice.node.live.LiveView;
import io.sluice.node.observe.EventLog;
import io.sluice.node.observe.Meters;
import java.time.Duration;
import java.util.concurrent.Executor;

/// What the connections of a node need.
///
/// @param loops        one event loop, which reads all of them
/// @param loop         that one
/// @param intake       of it
/// @param live         shown what is taken
/// @param blocking     finds hosts and reads certificates
/// @param drainTimeout how long what is under way may take when a connection leaves this node
public record BridgeTools(
        EventLoopGroup loops,
        EventLoop loop,
        Intake intake,
        LiveView live,
        Executor blocking,
        Meters meters,
        EventLog events,
        Duration drainTimeout) {}
