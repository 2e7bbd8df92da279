package io.sluice.node.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/// A topic name together with its bytes, so that the next packet with the same name needs neither a new text nor a new
/// check.
final class Topic {
    /// The empty name of a PUBLISH that uses its topic alias.
    static final Topic NONE = new Topic("", new byte[0]);

    private final String name;
    private final byte[] utf8;
    private final ByteBuf compared;

    Topic(String name, byte[] utf8) {
        this.name = name;
        this.utf8 = utf8;
        this.compared = Unpooled.wrappedBuffer(utf8);
    }

    static Topic of(String name) {
        return new Topic(name, name.getBytes(StandardCharsets.UTF_8));
    }

    String name() {
        return name;
    }

    byte[] utf8() {
        return utf8;
    }

    boolean isNone() {
        return utf8.length == 0;
    }

    boolean stands(ByteBuf in, int index, int length) {
        return length == utf8.length && ByteBufUtil.equals(in, index, compared, 0, length);
    }

    /// @throws Refusal unless it is a name that may be published to (MQTT 5 section 4.7)
    void check(int levelsMax) {
        if (utf8.length == 0) {
            throw new Refusal(Reason.TOPIC_NAME_INVALID, "topic name: expected at least one character, was none");
        }
        var levels = 1;
        for (int i = 0; i < name.length(); i++) {
            switch (name.charAt(i)) {
                case '/' -> levels++;
                case '+', '#' ->
                    throw new Refusal(
                            Reason.TOPIC_NAME_INVALID,
                            "topic name: expected no wildcard, was one at position " + (i + 1));
                default -> {}
            }
        }
        if (levels > levelsMax) {
            throw new Refusal(
                    Reason.TOPIC_NAME_INVALID,
                    "topic name: expected at most %d levels, was %d".formatted(levelsMax, levels));
        }
    }
}
