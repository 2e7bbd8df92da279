package io.sluice.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Who may come in.
@Command(
        name = "users",
        description = "Who may come in.",
        mixinStandardHelpOptions = true,
        subcommands = {Users.Listing.class, Users.Create.class, Users.Change.class, Users.Remove.class})
final class Users {
    private static final List<Table.Column> COLUMNS = List.of(
            Table.Column.text("NAME", "/name"),
            Table.Column.text("ROLE", "/role"),
            Table.Column.text("LOCKED", "/locked"),
            Table.Column.number("VERSION", "/version"),
            Table.Column.text("CHANGED BY", "/changedBy"),
            Table.Column.moment("CHANGED", "/changedAt"));

    /// What a user is.
    enum Role {
        VIEWER,
        OPERATOR,
        ADMIN;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private Users() {}

    private static void show(Asking asking, JsonNode user) {
        asking.show(user, () -> asking.table(COLUMNS, List.of(user)));
    }

    private static String path(String name) {
        return "/users/" + Ask.segment(name);
    }

    @Command(name = "list", description = "All users.", mixinStandardHelpOptions = true)
    static final class Listing implements Callable<Integer> {
        @Mixin
        private final Asking asking = new Asking();

        @Override
        public Integer call() {
            try (var client = asking.client()) {
                asking.showItems(client.json(Ask.get("/users")), COLUMNS);
            }
            return ExitCode.DONE;
        }
    }

    @Command(name = "create", description = "Let somebody in; asks for the password.", mixinStandardHelpOptions = true)
    static final class Create implements Callable<Integer> {
        @Mixin
        private final Asking asking = new Asking();

        @Mixin
        private final Secrets secrets = new Secrets();

        @Parameters(paramLabel = "NAME")
        private String name = "";

        @Option(
                names = "--role",
                paramLabel = "ROLE",
                required = true,
                description = "What the user is: ${COMPLETION-CANDIDATES}.")
        private Role role = Role.VIEWER;

        @Override
        public Integer call() {
            try (var client = asking.client()) {
                var body = Json.object()
                        .put("name", name)
                        .put("role", role.toString())
                        .put("password", secrets.fresh(asking, "Password of %s: ".formatted(Plain.line(name))));
                show(asking, client.json(Ask.post("/users").json(body)));
            }
            return ExitCode.DONE;
        }
    }

    @Command(
            name = "set",
            description =
                    "Give another role or password, or lock out. A new password or a lock ends the user's sessions.",
            mixinStandardHelpOptions = true)
    static final class Change implements Callable<Integer> {
        @Mixin
        private final Asking asking = new Asking();

        @Mixin
        private final Secrets secrets = new Secrets();

        @Parameters(paramLabel = "NAME")
        private String name = "";

        @Option(names = "--role", paramLabel = "ROLE", description = "${COMPLETION-CANDIDATES}.")
        private Optional<Role> role = Optional.empty();

        @Option(names = "--password", description = "Ask for another password.")
        private boolean password;

        @Option(names = "--lock", description = "Lock the user out.")
        private boolean lock;

        @Option(names = "--unlock", description = "Let the user in again.")
        private boolean unlock;

        @Option(names = "--if-version", paramLabel = "N", description = "Only if the user still has this version.")
        private Optional<Long> version = Optional.empty();

        @Override
        public Integer call() {
            if (lock && unlock) {
                throw Failure.usage("expected --lock or --unlock, was both");
            }
            try (var client = asking.client()) {
                var ask = Ask.get(path(name)).method("PATCH").header("If-Match", version.map("\"%d\""::formatted));
                show(asking, client.json(ask.body("application/merge-patch+json", Json.bytes(body()))));
            }
            return ExitCode.DONE;
        }

        private ObjectNode body() {
            var body = Json.object();
            role.ifPresent(given -> body.put("role", given.toString()));
            if (lock || unlock) {
                body.put("locked", lock);
            }
            if (password || secrets.isFromInput()) {
                body.put("password", secrets.fresh(asking, "Password of %s: ".formatted(Plain.line(name))));
            }
            if (body.isEmpty()) {
                throw Failure.usage("expected something to set: --role, --password, --lock or --unlock");
            }
            return body;
        }
    }

    @Command(
            name = "remove",
            description = "Let somebody in no more. The user's sessions and tokens end.",
            mixinStandardHelpOptions = true)
    static final class Remove implements Callable<Integer> {
        @Mixin
        private final Target target = new Target();

        @Parameters(paramLabel = "NAME")
        private String name = "";

        @Option(
                names = {"-y", "--yes"},
                description = "Do not ask.")
        private boolean yes;

        @Override
        public Integer call() {
            target.confirm(yes, "remove user " + name);
            try (var client = target.client()) {
                client.send(Ask.delete(path(name)));
            }
            target.out().printf("user %s removed%n", Plain.line(name));
            return ExitCode.DONE;
        }
    }
}
