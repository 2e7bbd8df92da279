package io.sluice.node.catalog;

import static io.sluice.node.catalog.Kind.INGRESS;
import static io.sluice.node.catalog.Kind.INTEGRATION;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.NotSerializableException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What is stored once is read for ever: a form here may be added to, never changed.
class StoredFormTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00.000001Z");

    record Golden(Object value, String manifest, String text) {}

    static List<Golden> golden() {
        var one = new Key(INTEGRATION, "one");
        var in = new Key(INGRESS, "in");
        return List.of(
                new Golden(new Changed(one, Optional.of("{\"tasks\":2}"), "ann", NOON), "changed.1", """
                        {"kind":"integration","name":"one","definition":"{\\"tasks\\":2}","by":"ann",\
                        "at":"2026-01-01T12:00:00.000001Z"}"""),
                new Golden(new Changed(in, Optional.empty(), "", NOON), "changed.1", """
                        {"kind":"ingress","name":"in","by":"","at":"2026-01-01T12:00:00.000001Z"}"""),
                new Golden(
                        new CatalogState(7, new TreeMap<>(Map.of(one, new Entry(one, "{}", 5, 5, "bob", NOON)))),
                        "catalog.1",
                        """
                        {"version":7,"entries":[{"kind":"integration","name":"one","definition":"{}","version":5,\
                        "by":"bob","at":"2026-01-01T12:00:00.000001Z"}]}"""),
                new Golden(new Changed(one, Optional.of("{}"), "ann", NOON, true), "changed.1", """
                        {"kind":"integration","name":"one","definition":"{}","by":"ann",\
                        "at":"2026-01-01T12:00:00.000001Z","continues":true}"""),
                new Golden(
                        new CatalogState(7, new TreeMap<>(Map.of(one, new Entry(one, "{}", 5, 2, "bob", NOON)))),
                        "catalog.1",
                        """
                        {"version":7,"entries":[{"kind":"integration","name":"one","definition":"{}","version":5,\
                        "since":2,"by":"bob","at":"2026-01-01T12:00:00.000001Z"}]}"""));
    }

    @ParameterizedTest
    @MethodSource("golden")
    void isWrittenAndReadAsItAlwaysWas(Golden golden) throws NotSerializableException {
        var form = new StoredForm();

        assertThat(form.manifest(golden.value)).isEqualTo(golden.manifest);
        assertThat(new String(form.toBinary(golden.value), UTF_8)).isEqualTo(golden.text);
        assertThat(form.fromBinary(golden.text.getBytes(UTF_8), golden.manifest))
                .isEqualTo(golden.value);
    }

    @Test
    void saysWhatItCannotRead() {
        var form = new StoredForm();

        assertThatThrownBy(() -> form.fromBinary("{}".getBytes(UTF_8), "changed.2"))
                .isInstanceOf(NotSerializableException.class)
                .hasMessage("catalog: stored by a newer release, as changed.2");
        assertThatThrownBy(() -> form.fromBinary("{\"kind\":\"plan\"}".getBytes(UTF_8), "changed.1"))
                .isInstanceOf(NotSerializableException.class)
                .hasMessageStartingWith("catalog: stored as changed.1, cannot be read: ");
        assertThatThrownBy(() -> form.manifest("text")).isInstanceOf(IllegalArgumentException.class);
    }
}
