package io.sluice.cli;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What programs are let in by.
@Command(
        name = "tokens",
        description = "What programs are let in by.",
        mixinStandardHelpOptions = true,
        subcommands = {Tokens.Listing.class, Tokens.Create.class, Tokens.Revoke.class})
final class Tokens {
    private Tokens() {}

    @Command(
            name = "list",
            description = "One's own tokens; an admin sees those of all users.",
            mixinStandardHelpOptions = true)
    static final class Listing implements Callable<Integer> {
        private static final List<Table.Column> COLUMNS = List.of(
                Table.Column.text("NAME", "/name"),
                Table.Column.text("OWNER", "/owner"),
                Table.Column.text("SCOPES", "/scopes"),
                Table.Column.moment("CREATED", "/createdAt"),
                Table.Column.moment("EXPIRES", "/expires"),
                Table.Column.text("NOTE", "/note"));

        @Mixin
        private final Asking asking = new Asking();

        @Override
        public Integer call() {
            try (var client = asking.client()) {
                asking.showItems(client.json(Ask.get("/tokens")), COLUMNS);
            }
            return ExitCode.DONE;
        }
    }

    @Command(
            name = "create",
            description = {
                "Make a token for oneself and show its secret, this once.",
                "Asks for the password, for a token cannot make tokens."
            },
            mixinStandardHelpOptions = true)
    static final class Create implements Callable<Integer> {
        private static final List<Table.Column> COLUMNS = List.of(
                Table.Column.text("name", "/name"),
                Table.Column.text("scopes", "/scopes"),
                Table.Column.moment("expires", "/expires"));

        /// What its bearer may do.
        enum Scope {
            VIEW,
            PUBLISH,
            OPERATE,
            ADMINISTER;

            @Override
            public String toString() {
                return name().toLowerCase(Locale.ROOT);
            }
        }

        @Mixin
        private final Asking asking = new Asking();

        @Mixin
        private final Secrets secrets = new Secrets();

        @Option(
                names = {"-u", "--user"},
                paramLabel = "USER",
                description = "Whose token; default: who is logged in.")
        private Optional<String> user = Optional.empty();

        @Option(
                names = "--scopes",
                paramLabel = "SCOPE",
                split = ",",
                required = true,
                description = "What its bearer may do: ${COMPLETION-CANDIDATES}, with commas.")
        private List<Scope> scopes = List.of();

        @Option(
                names = "--days",
                paramLabel = "N",
                defaultValue = "30",
                description = "How long it is good, 1 to 366 days. Default: ${DEFAULT-VALUE}.")
        private int days;

        @Option(names = "--note", paramLabel = "TEXT", defaultValue = "", description = "What it is for.")
        private String note = "";

        @Override
        public Integer call() {
            var owner = user.or(() -> asking.kept().map(LoginFile.Login::user))
                    .orElseThrow(() -> Failure.usage("expected --user where nobody is logged in"));
            try (var stranger = asking.stranger();
                    var session = PasswordSession.open(
                            stranger,
                            owner,
                            secrets.password(asking, "Password of %s: ".formatted(Plain.line(owner))))) {
                var words = scopes.stream().map(Scope::toString).distinct().toList();
                var made = session.token(words, note, days);
                asking.showOne(made, COLUMNS);
                if (asking.isTable()) {
                    asking.out().printf("secret   %s%n", made.path("secret").asText());
                    asking.out().flush();
                }
            }
            return ExitCode.DONE;
        }
    }

    @Command(name = "revoke", description = "End a token.", mixinStandardHelpOptions = true)
    static final class Revoke implements Callable<Integer> {
        @Mixin
        private final Target target = new Target();

        @Parameters(paramLabel = "NAME", description = "As list shows it.")
        private String name = "";

        @Override
        public Integer call() {
            if (name.startsWith("slc_")) {
                throw Failure.usage(
                        "expected the name of a token, as sluice tokens list shows it, was the token itself");
            }
            try (var client = target.client()) {
                client.send(Ask.delete("/tokens/" + Ask.segment(name)));
            }
            target.out().printf("token %s revoked%n", Plain.line(name));
            return ExitCode.DONE;
        }
    }
}
