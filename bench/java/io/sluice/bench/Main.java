package io.sluice.bench;

import java.util.Objects;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// `demo`, `chaos` and `bench`.
@Command(
        name = "sluice",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "(demo | chaos | bench)",
        description = "Shows, tries and measures a node from outside.",
        subcommands = {Demo.class, Chaos.class, Bench.class})
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /// @return exit code: 0 all is well, 1 the node failed or could not be reached, 2 a wrong option
    public static int run(String... arguments) {
        quiet();
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, line, _) -> {
                    for (var cause = Optional.<Throwable>of(failure);
                            cause.isPresent();
                            cause = cause.map(Throwable::getCause)) {
                        line.getErr()
                                .println(Objects.requireNonNullElse(
                                        cause.get().getMessage(), cause.get().toString()));
                    }
                    return 1;
                })
                .execute(arguments);
    }

    /// Kafka's clients log; on a screen that shows figures only what is wrong may.
    private static void quiet() {
        setUnlessGiven("logback.configurationFile", "io/sluice/bench/logback.xml");
        setUnlessGiven("slf4j.internal.verbosity", "ERROR");
    }

    private static void setUnlessGiven(String key, String value) {
        if (System.getProperty(key) == null) {
            System.setProperty(key, value);
        }
    }
}
