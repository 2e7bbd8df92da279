package io.sluice.node.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.node.catalog.CatalogState;
import io.sluice.node.catalog.Entry;
import io.sluice.node.catalog.Key;
import io.sluice.node.catalog.Kind;
import io.sluice.node.secret.Secret;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// By what a program is let in, as the catalog defines it. What the program shows is `slc_<name>_<secret>`;
/// of the secret only the digest is kept.
///
/// @param owner  user in whose name it acts
/// @param scopes what it may do, as far as its owner may
/// @param note   what it is for
/// @param digest SHA-256 of the secret, 64 hexadecimal digits
public record Token(
        String name, String owner, Set<Scope> scopes, String note, String digest, Instant createdAt, Instant expires) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PREFIX = "slc_";
    private static final int NAME_LENGTH = 12;

    /// A token and what its owner has to show.
    public record Made(Token token, Secret shown) {}

    public Token {
        scopes = Set.copyOf(scopes);
    }

    public static Made make(String owner, Set<Scope> scopes, String note, Instant createdAt, Instant expires) {
        var name = Digest.name(NAME_LENGTH);
        var secret = Digest.secret();
        return new Made(
                new Token(name, owner, scopes, note, Digest.of(secret), createdAt, expires),
                Secret.of(PREFIX + name + "_" + secret));
    }

    public static Key key(String name) {
        return new Key(Kind.TOKEN, name);
    }

    public static List<Token> all(CatalogState catalog) {
        return catalog.entries().values().stream()
                .filter(entry -> entry.key().kind() == Kind.TOKEN)
                .map(Token::of)
                .toList();
    }

    /// The token that is shown, if it is one and its secret is right.
    static Optional<Token> find(CatalogState catalog, String shown) {
        if (!shown.startsWith(PREFIX) || shown.length() < PREFIX.length() + NAME_LENGTH + 2) {
            return Optional.empty();
        }
        var rest = shown.substring(PREFIX.length());
        var digest = Digest.of(rest.substring(NAME_LENGTH + 1));
        return catalog.find(key(rest.substring(0, NAME_LENGTH)))
                .map(Token::of)
                .filter(token -> Digest.equal(token.digest(), digest));
    }

    /// @throws IllegalArgumentException if the entry defines no token
    public static Token of(Entry entry) {
        return of(entry.key().name(), entry.definition());
    }

    static Token of(String name, String definition) {
        try {
            var json = JSON.readTree(definition);
            var scopes = EnumSet.noneOf(Scope.class);
            json.path("scopes").forEach(scope -> scopes.add(Scope.of(scope.asText())));
            return new Token(
                    name,
                    json.path("owner").asText(),
                    scopes,
                    json.path("note").asText(),
                    json.path("digest").asText(),
                    Instant.parse(json.path("created").asText()),
                    Instant.parse(json.path("expires").asText()));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("token [%s]: expected JSON, was something else".formatted(name), e);
        }
    }

    /// As it is kept.
    public String definition() {
        var json = JSON.createObjectNode().put("owner", owner);
        var all = json.putArray("scopes");
        scopes.stream().sorted().forEach(scope -> all.add(scope.toString()));
        return json.put("note", note)
                .put("digest", digest)
                .put("created", createdAt.toString())
                .put("expires", expires.toString())
                .toString();
    }

    @Override
    public String toString() {
        return "Token[name=%s, owner=%s, scopes=%s, expires=%s]".formatted(name, owner, scopes, expires);
    }
}
