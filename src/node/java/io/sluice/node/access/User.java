package io.sluice.node.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.node.catalog.CatalogState;
import io.sluice.node.catalog.Entry;
import io.sluice.node.catalog.Key;
import io.sluice.node.catalog.Kind;
import io.sluice.node.secret.Secret;
import java.util.List;
import java.util.Optional;

/// Somebody who may log in, as the catalog defines it.
///
/// @param hash   of the password
/// @param locked must not come in
/// @param locks  how often the user was locked: each lock ends all sessions
public record User(String name, Role role, Secret hash, boolean locked, int locks) {
    private static final ObjectMapper JSON = new ObjectMapper();

    public static Key key(String name) {
        return new Key(Kind.USER, name);
    }

    public static Optional<User> find(CatalogState catalog, String name) {
        return catalog.find(key(name)).map(User::of);
    }

    public static List<User> all(CatalogState catalog) {
        return catalog.entries().values().stream()
                .filter(entry -> entry.key().kind() == Kind.USER)
                .map(User::of)
                .toList();
    }

    /// @throws IllegalArgumentException if the entry defines no user
    public static User of(Entry entry) {
        return of(entry.key().name(), entry.definition());
    }

    static User of(String name, String definition) {
        try {
            var json = JSON.readTree(definition);
            return new User(
                    name,
                    Role.of(json.path("role").asText()),
                    Secret.of(json.path("password").asText()),
                    json.path("locked").asBoolean(),
                    json.path("locks").asInt());
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("user [%s]: expected JSON, was something else".formatted(name), e);
        }
    }

    /// As it is kept.
    public String definition() {
        return JSON.createObjectNode()
                .put("role", role.toString())
                .put("password", hash.reveal())
                .put("locked", locked)
                .put("locks", locks)
                .toString();
    }

    public User with(Role other) {
        return new User(name, other, hash, locked, locks);
    }

    public User with(Secret otherHash) {
        return new User(name, role, otherHash, locked, locks);
    }

    public User locked(boolean isLocked) {
        return new User(name, role, hash, isLocked, isLocked && !locked ? locks + 1 : locks);
    }

    /// One who is new.
    public static User of(String name, Role role, Secret hash) {
        return new User(name, role, hash, false, 0);
    }

    /// Another one with each password and each lock: a session of an earlier one is none any more.
    String stamp() {
        return Digest.of(locks + " " + hash.reveal());
    }
}
