package io.sluice.node.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Base64;
import java.util.Optional;

/// Bytes as JSON can show them: as text where they are UTF-8, in Base64 where they are not.
///
/// @param text   empty if they are no text
/// @param base64 empty if they are text
record Shown(Optional<String> text, Optional<String> base64) {

    static Shown of(byte[] bytes) {
        try {
            return new Shown(
                    Optional.of(
                            UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString()),
                    Optional.empty());
        } catch (CharacterCodingException _) {
            return new Shown(Optional.empty(), Optional.of(Base64.getEncoder().encodeToString(bytes)));
        }
    }

    /// Whatever they are, as a text to look at.
    static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }
}
