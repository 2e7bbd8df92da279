package io.sluice.node.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// What a PEM file must hold, judged by its first lines: nothing of the file is ever shown.
public enum Pem {
    CERTIFICATE("-----BEGIN CERTIFICATE-----", "a certificate"),
    PRIVATE_KEY(
            "-----BEGIN PRIVATE KEY-----",
            "an unencrypted PKCS #8 private key; openssl pkcs8 -topk8 -nocrypt makes one");

    private final String begin;
    private final String content;

    Pem(String begin, String content) {
        this.begin = begin;
        this.content = content;
    }

    /// The file a key names, empty if it names none.
    public Optional<Path> file(Section section, String key) {
        var file = section.file(key);
        if (file.toString().isEmpty()) {
            return Optional.empty();
        }
        try {
            if (!Files.readString(file).contains(begin)) {
                section.problem(key, "must be a PEM file with %s, was %s".formatted(content, file));
            }
        } catch (IOException e) {
            section.problem(key, "must be a readable PEM file, was " + file);
        }
        return Optional.of(file);
    }
}
