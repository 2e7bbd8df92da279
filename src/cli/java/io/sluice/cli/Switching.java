package io.sluice.cli;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Integrations on, off, anew and away: one, or several of them all together or not at all.
final class Switching {
    private Switching() {}

    /// Which ones.
    static final class Names {
        @Parameters(paramLabel = "NAME", arity = "1..*", description = "Several: all of them or none.")
        private List<String> names = List.of();

        /// @param ask what does it to a single one
        void change(Target target, Ask ask, String action, String done) {
            try (var client = target.client()) {
                client.send(names.size() == 1 ? ask : bulk(action));
            }
            names.forEach(name -> target.out().printf("integration %s %s%n", Plain.line(name), done));
            target.out().flush();
        }

        private Ask bulk(String action) {
            var body = Json.object().put("action", action);
            names.stream().distinct().forEach(body.withArray("names")::add);
            return Ask.post("/integrations:bulk").json(body);
        }

        private String first() {
            return Integrations.path(names.getFirst());
        }
    }

    @Command(name = "enable", description = "Let them run.", mixinStandardHelpOptions = true)
    static final class Enable implements Callable<Integer> {
        @Mixin
        private final Target target = new Target();

        @Mixin
        private final Names names = new Names();

        @Override
        public Integer call() {
            names.change(target, Ask.post(names.first() + "/enable"), "enable", "enabled");
            return ExitCode.DONE;
        }
    }

    @Command(
            name = "disable",
            description = "Let them take nothing more. What they have is delivered within the drain timeout.",
            mixinStandardHelpOptions = true)
    static final class Disable implements Callable<Integer> {
        @Mixin
        private final Target target = new Target();

        @Mixin
        private final Names names = new Names();

        @Override
        public Integer call() {
            names.change(target, Ask.post(names.first() + "/disable"), "disable", "disabled");
            return ExitCode.DONE;
        }
    }

    @Command(
            name = "restart",
            description = "Let their tasks finish what they have and begin anew. Nothing is lost or repeated.",
            mixinStandardHelpOptions = true)
    static final class Restart implements Callable<Integer> {
        @Mixin
        private final Target target = new Target();

        @Mixin
        private final Names names = new Names();

        @Override
        public Integer call() {
            names.change(target, Ask.post(names.first() + "/restart"), "restart", "restarts");
            return ExitCode.DONE;
        }
    }

    @Command(
            name = "delete",
            description = "Remove them. What they have is delivered within the drain timeout, the rest is discarded.",
            mixinStandardHelpOptions = true)
    static final class Delete implements Callable<Integer> {
        @Mixin
        private final Target target = new Target();

        @Mixin
        private final Names names = new Names();

        @Option(
                names = {"-y", "--yes"},
                description = "Do not ask.")
        private boolean yes;

        @Option(
                names = "--if-version",
                paramLabel = "N",
                description = "Only if it still has this version. For a single one.")
        private Optional<Long> version = Optional.empty();

        @Override
        public Integer call() {
            if (version.isPresent() && names.names.size() != 1) {
                throw Failure.usage("--if-version: expected a single integration, was " + names.names.size());
            }
            target.confirm(yes, "delete integration " + String.join(", ", names.names));
            var ask = Ask.delete(names.first()).header("If-Match", version.map("\"%d\""::formatted));
            names.change(target, ask, "remove", "deleted");
            return ExitCode.DONE;
        }
    }
}
