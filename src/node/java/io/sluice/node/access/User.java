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
public record User(String name, Role role, Secret hash, boolean locked) {
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
                    json.path("locked").asBoolean());
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
                .toString();
    }

    public User with(Role other) {
        return new User(name, other, hash, locked);
    }

    public User with(Secret otherHash) {
        return new User(name, role, otherHash, locked);
    }

    public User locked(boolean isLocked) {
        return new User(name, role, hash, isLocked);
    }

    /// Another one with each password: what was allowed under an earlier one is not under this.
    String stamp() {
        return Digest.of(hash.reveal());
    }
}
