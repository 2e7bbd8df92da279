package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeProcessTest {
    @AfterEach
    void forgetTheStandIn() {
        System.clearProperty("sluice.node.main");
    }

    @Test
    void saysWhyANodeDidNotStart(@TempDir Path folder) {
        System.setProperty("sluice.node.main", "io.sluice.Nowhere");
        try (var node = NodeProcess.start(NodeProcess.Settings.in(folder, Optional.empty(), "topic", List.of()))) {

            assertThatIllegalStateException()
                    .isThrownBy(node::awaitReady)
                    .withMessageContaining("node: expected to become ready, was ended with code 1")
                    .withMessageContaining("ClassNotFoundException: io.sluice.Nowhere");
        }
    }
}
