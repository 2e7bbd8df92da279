package io.sluice.node.secret;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PasswordHashTest {
    private static final Secret PASSWORD = Secret.of("påss word");

    @Test
    void whatItMakesItKnows() {
        var hash = PasswordHash.of(PASSWORD);

        assertThat(hash.reveal()).startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
        assertThat(PasswordHash.isKnown(hash)).isTrue();
        assertThat(PasswordHash.matches(PASSWORD, hash)).isTrue();
        assertThat(PasswordHash.matches(Secret.of("pass word"), hash)).isFalse();
    }

    @Test
    void theSamePasswordHasAnotherHashEachTime() {
        assertThat(PasswordHash.of(PASSWORD).reveal())
                .isNotEqualTo(PasswordHash.of(PASSWORD).reveal());
    }
}
