package io.sluice.node.format;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.time.Instant;

/// Writes a moment as RFC 3339 in UTC with milliseconds, e.g. `2026-11-20T10:00:00.123Z`. The last second is kept, so
/// that a further moment of it costs a copy, and the last moment too. Not for several threads.
final class UtcText {
    private long second = Long.MIN_VALUE;
    private long millis = Long.MIN_VALUE;
    private byte[] secondText = new byte[0];
    private byte[] text = new byte[0];

    /// Not to be written to: the next call may give it again.
    byte[] of(long moment) {
        if (moment == millis && text.length > 0) {
            return text;
        }
        var wholeSecond = Math.floorDiv(moment, 1000L);
        if (wholeSecond != second || secondText.length == 0) {
            var whole = Instant.ofEpochSecond(wholeSecond).toString();
            secondText = (whole.substring(0, whole.length() - 1) + ".000Z").getBytes(US_ASCII);
            second = wholeSecond;
        }
        var fraction = Math.floorMod(moment, 1000);
        var digits = secondText.clone();
        digits[digits.length - 4] += (byte) (fraction / 100);
        digits[digits.length - 3] += (byte) (fraction / 10 % 10);
        digits[digits.length - 2] += (byte) (fraction % 10);
        text = digits;
        millis = moment;
        return text;
    }
}
