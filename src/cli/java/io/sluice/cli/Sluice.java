package io.sluice.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The command `sluice`; its verbs are its subcommands.
@Command(
        name = "sluice",
        description = "Asks a running node.",
        mixinStandardHelpOptions = true,
        subcommands = Status.class)
public final class Sluice {
    private Sluice() {}

    public static void main(String[] args) {
        var line = new CommandLine(new Sluice());
        line.setParameterExceptionHandler((problem, _) -> {
            var command = problem.getCommandLine();
            command.getErr().printf("%s: %s; see --help%n", command.getCommandName(), problem.getMessage());
            return command.getCommandSpec().exitCodeOnInvalidInput();
        });
        System.exit(line.execute(args));
    }
}
