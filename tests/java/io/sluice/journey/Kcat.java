package io.sluice.journey;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Reads a topic as a person would, with `kcat`.
final class Kcat {
    /// A record.
    ///
    /// @param headers by name; no name twice
    record Got(String key, Map<String, String> headers, byte[] value) {
        Got {
            headers = Map.copyOf(headers);
        }

        String text() {
            return new String(value, StandardCharsets.UTF_8);
        }
    }

    private Kcat() {}

    /// All records of a topic with the key, in the order of their partition.
    static List<Got> read(String kafka, String topic, String key) {
        var ran =
                Ran.of("kcat", "-C", "-q", "-e", "-o", "beginning", "-b", kafka, "-t", topic, "-f", "%k\t%h\t%S\n%s\n");
        if (ran.code() != 0) {
            throw new IllegalStateException("kcat: expected to read " + topic + ", was " + ran.all());
        }
        return parse(ran.out()).stream().filter(got -> got.key().equals(key)).toList();
    }

    /// A line of key, headers and length, then so many bytes, then a line end.
    private static List<Got> parse(byte[] out) {
        var found = new ArrayList<Got>();
        for (var at = 0; at < out.length; ) {
            var end = at;
            while (out[end] != '\n') {
                end++;
            }
            var line = new String(out, at, end - at, StandardCharsets.UTF_8).split("\t", -1);
            var length = Math.max(0, Integer.parseInt(line[2]));
            found.add(new Got(line[0], headers(line[1]), Arrays.copyOfRange(out, end + 1, end + 1 + length)));
            at = end + 1 + length + 1;
        }
        return found;
    }

    private static Map<String, String> headers(String text) {
        var headers = new HashMap<String, String>();
        for (var header : text.split(",", -1)) {
            var name = header.split("=", 2);
            if (headers.put(name[0], name[name.length - 1]) != null) {
                throw new IllegalStateException("header " + name[0] + ": expected once, was there twice in " + text);
            }
        }
        return headers;
    }
}
