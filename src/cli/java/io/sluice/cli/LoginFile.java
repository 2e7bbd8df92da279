package io.sluice.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/// Where a login is kept between two commands: a file that nobody but its owner reads.
final class LoginFile {
    /// As whom, and where.
    ///
    /// @param name of the token
    record Login(URI url, String user, String name, String token, String expires, Optional<Path> ca) {
        @Override
        public String toString() {
            return "Login[url=%s, user=%s, name=%s]".formatted(url, user, name);
        }
    }

    private final Path file;

    LoginFile(Path file) {
        this.file = file;
    }

    /// Below `XDG_CONFIG_HOME`, or `~/.config`.
    static LoginFile of(Surroundings surroundings) {
        var home = surroundings.variable("HOME").orElseGet(() -> System.getProperty("user.home", "."));
        var config = surroundings
                .variable("XDG_CONFIG_HOME")
                .map(Path::of)
                .filter(Path::isAbsolute)
                .orElse(Path.of(home, ".config"));
        return new LoginFile(config.resolve("sluice/login.json"));
    }

    Path file() {
        return file;
    }

    /// @throws Failure if something else stands there
    Optional<Login> read() {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            var json = Json.read(Files.readAllBytes(file)).orElse(Json.object());
            return Optional.of(new Login(
                    URI.create(text(json, "url")),
                    json.path("user").asText(),
                    text(json, "name"),
                    text(json, "token"),
                    json.path("expires").asText(),
                    Optional.of(json.path("ca").asText(""))
                            .filter(ca -> !ca.isEmpty())
                            .map(Path::of)));
        } catch (IOException | IllegalArgumentException _) {
            throw Failure.usage("file [%s]: expected what sluice login wrote, was something else; remove it and log in"
                    .formatted(file));
        }
    }

    private static String text(JsonNode json, String key) {
        var text = json.path(key).asText("");
        if (text.isEmpty()) {
            throw new IllegalArgumentException("expected key " + key + ", was none");
        }
        return text;
    }

    /// Makes sure that it can be written, before there is something to lose.
    ///
    /// @throws Failure if it cannot
    void prepare() {
        try {
            var folder = folder();
            Files.createDirectories(folder, only("rwx------"));
            restrict(folder, "rwx------");
            Files.delete(Files.createTempFile(folder, "login", ".new", only("rw-------")));
        } catch (IOException e) {
            throw unwritten(e);
        }
    }

    /// Whole or not at all, and never readable for others.
    void write(Login login) {
        var json = Json.object()
                .put("url", login.url().toString())
                .put("user", login.user())
                .put("name", login.name())
                .put("token", login.token())
                .put("expires", login.expires());
        login.ca().ifPresent(ca -> json.put("ca", ca.toString()));
        try {
            var fresh = Files.createTempFile(folder(), "login", ".new", only("rw-------"));
            Files.write(fresh, Json.bytes(json));
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw unwritten(e);
        }
    }

    void remove() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw unwritten(e);
        }
    }

    private Path folder() {
        return file.toAbsolutePath().resolveSibling("");
    }

    private Failure unwritten(IOException e) {
        return Failure.usage("file [%s]: expected a place to keep the login, was none (%s: %s)"
                .formatted(file, e.getClass().getSimpleName(), e.getMessage()));
    }

    private FileAttribute<?>[] only(String permissions) {
        return isPosix()
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    private void restrict(Path what, String permissions) throws IOException {
        if (isPosix()) {
            Files.setPosixFilePermissions(what, PosixFilePermissions.fromString(permissions));
        }
    }

    private boolean isPosix() {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix");
    }
}
