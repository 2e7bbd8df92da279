package io.sluice.node;

import java.nio.file.Path;

/// A node with a queue, in a process of its own, to be killed.
final class QueueProcess {
    /// Of its producer to the target.
    static final String CLIENT_ID = "sluice-producer-one-0";

    private QueueProcess() {}

    /// @param arguments folder, target's servers, queue's servers, prefix of queue topics, target topic
    public static void main(String[] arguments) {
        var node = OneNode.start(
                Path.of(arguments[0]), arguments[1], """
                sluice.brokers.here.bootstrap-servers = "%s"
                sluice.queue.topic-prefix = "%s"
                sluice.integrations.one { topic = "%s", format = payload, tasks = 1, queue = kafka, queue-broker = here
                  batch-size = 16 KiB }
                """.formatted(arguments[2], arguments[3], arguments[4]));
        node.awaitReady();
        System.out.println("ready " + node.mqtt().getPort());
    }
}
