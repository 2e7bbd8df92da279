package io.sluice.cli;

import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// The command `sluice`; its verbs are its subcommands.
@Command(
        name = "sluice",
        description = "Asks a running node.",
        mixinStandardHelpOptions = true,
        subcommands = {
            Login.class,
            Logout.class,
            WhoAmI.class,
            Integrations.class,
            DeadLetters.class,
            Publish.class,
            PublishEvent.class,
            Tail.class,
            Status.class,
            Audit.class,
            Tokens.class,
            Users.class,
            Completion.class
        })
public final class Sluice {
    private static final int USAGE_WIDTH = 100;

    private final Surroundings surroundings;

    private Sluice(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    public static void main(String[] args) {
        System.exit(commandLine(Surroundings.ofProcess()).execute(args));
    }

    /// The command, ready to be executed once.
    public static CommandLine commandLine(Surroundings surroundings) {
        var line = new CommandLine(new Sluice(surroundings));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setParameterExceptionHandler(Sluice::misunderstood);
        line.setExecutionExceptionHandler(Sluice::failed);
        line.setUsageHelpWidth(USAGE_WIDTH);
        complete(line);
        return line;
    }

    /// Of the command that one belongs to.
    static Surroundings surroundings(CommandSpec command) {
        return ((Sluice) command.root().userObject()).surroundings;
    }

    /// What all of them have in common.
    private static void complete(CommandLine command) {
        var spec = command.getCommandSpec();
        spec.remove(spec.findOption("--version")); // it goes with the node
        var usage = spec.usageMessage();
        if (usage.exitCodeList().isEmpty()) {
            usage.exitCodeListHeading("%nExit codes:%n");
            usage.exitCodeList(CommandLine.Model.UsageMessageSpec.keyValuesMap(ExitCode.EXPLAINED));
        }
        command.getSubcommands().values().forEach(Sluice::complete);
    }

    private static int misunderstood(ParameterException problem, String[] args) {
        var command = problem.getCommandLine();
        command.getErr()
                .printf(
                        "%s: %s%s; see --help%n",
                        name(command), Plain.message(String.valueOf(problem.getMessage())), suggestion(problem));
        return ExitCode.USAGE;
    }

    private static String suggestion(ParameterException problem) {
        if (problem instanceof UnmatchedArgumentException unmatched) {
            var known = unmatched.getSuggestions().stream().limit(3).collect(Collectors.joining(" or "));
            return known.isEmpty() ? "" : "; did you mean " + known;
        }
        return "";
    }

    private static int failed(Exception problem, CommandLine command, ParseResult parsed) {
        var err = command.getErr();
        if (problem instanceof ParameterException misunderstood) {
            return misunderstood(misunderstood, new String[0]);
        }
        if (problem instanceof Failure failure) {
            err.printf("%s: %s%n", name(command), Plain.message(String.valueOf(failure.getMessage())));
            failure.more().forEach(line -> err.println("  " + Plain.message(line)));
            return failure.exitCode();
        }
        err.printf("%s: a fault of the command itself; please report it%n", name(command));
        problem.printStackTrace(err);
        return ExitCode.FAULT;
    }

    /// Without the name of the whole, which may be called by another.
    private static String name(CommandLine command) {
        return command.getCommandSpec().qualifiedName().replaceFirst("^sluice ", "");
    }
}
