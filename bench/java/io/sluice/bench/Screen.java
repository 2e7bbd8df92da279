package io.sluice.bench;

import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Where a command speaks to the person who typed it.
@Command
final class Screen {
    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    void line(String line) {
        out().println(line);
        out().flush();
    }

    PrintWriter out() {
        return commandLine().getOut();
    }

    ParameterException wrongOption(String message) {
        return new ParameterException(commandLine(), message);
    }

    private CommandLine commandLine() {
        if (command == null) {
            throw new IllegalStateException("screen: expected to be mixed into a command by picocli");
        }
        return command.commandLine();
    }
}
