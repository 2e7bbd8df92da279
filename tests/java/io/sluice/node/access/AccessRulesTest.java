package io.sluice.node.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.node.catalog.Key;
import io.sluice.node.catalog.Kind;
import io.sluice.node.catalog.Rules.Problem;
import io.sluice.node.secret.Secret;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AccessRulesTest {
    private static final Secret HASH = Secret.of("$2b$10$WPjKPmWFXUxkDNpWcBOYbO3YMZo8no57wdMCBBSss6GeW4GkWlN3y");
    private static final Key ANN = User.key("ann");

    private final Map<Key, String> all = new HashMap<>();

    AccessRulesTest() {
        put(new User("ann", Role.ADMIN, HASH, false, 0));
    }

    private void put(User user) {
        all.put(User.key(user.name()), user.definition());
    }

    private List<String> problems(Key... changed) {
        return AccessRules.problems(all, Set.of(changed)).stream()
                .map(Problem::text)
                .toList();
    }

    @Test
    void oneAdminIsEnough() {
        assertThat(problems(ANN)).isEmpty();
    }

    @Test
    void anAdminMustBeLeft() {
        put(new User("ann", Role.ADMIN, HASH, true, 0));
        assertThat(problems(ANN))
                .containsExactly("user [ann]: expected an admin who is not locked to be left, was none");

        put(new User("ann", Role.OPERATOR, HASH, false, 0));
        assertThat(problems(ANN)).hasSize(1);

        all.clear();
        assertThat(problems(ANN)).hasSize(1);
    }

    @Test
    void aUserNeedsAHashWeKnow() {
        put(new User("bob", Role.VIEWER, Secret.of("let me in"), false, 0));

        assertThat(problems(User.key("bob")))
                .containsExactly("user [bob]: expected a bcrypt or Argon2 hash as password, was something else");
    }

    @Test
    void whatCannotBeReadIsAProblem() {
        var bob = User.key("bob");
        all.put(bob, "{\"role\":\"king\"}");
        assertThat(problems(bob)).hasSize(1);

        all.put(bob, "no json");
        assertThat(problems(bob)).hasSize(1);

        var token = new Key(Kind.TOKEN, "t");
        all.put(token, "{\"owner\":\"ann\"}");
        assertThat(problems(token)).hasSize(1);
    }

    @Test
    void aTokenNeedsItsOwner() {
        put(new User("bob", Role.VIEWER, HASH, false, 0));
        var made = Token.make("bob", Set.of(Scope.VIEW), "", Instant.EPOCH, Instant.MAX.minusSeconds(1))
                .token();
        all.put(Token.key(made.name()), made.definition());
        assertThat(problems(Token.key(made.name()))).isEmpty();

        all.remove(User.key("bob"));

        assertThat(problems(Token.key(made.name())))
                .singleElement()
                .asString()
                .contains("expected a user as its owner");
        assertThat(problems(User.key("bob"))).singleElement().asString().contains("still owns token");
    }
}
