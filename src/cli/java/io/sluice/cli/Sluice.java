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
        System.exit(new CommandLine(new Sluice()).execute(args));
    }
}
