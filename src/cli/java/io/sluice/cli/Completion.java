package io.sluice.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Writes what a shell needs to complete this command.
@Command(
        name = "completion",
        description = {
            "Write a completion script for a shell.",
            "bash: source <(sluice completion bash)",
            "zsh:  source <(sluice completion zsh)"
        },
        mixinStandardHelpOptions = true)
final class Completion implements Callable<Integer> {
    /// Both understand the same script.
    enum Shell {
        BASH,
        ZSH;

        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}")
    private Shell shell = Shell.BASH;

    @Override
    public Integer call() {
        var out = spec.commandLine().getOut();
        if (shell == Shell.ZSH) {
            out.println("autoload -Uz compinit && compinit");
        }
        out.print(AutoComplete.bash("sluice", spec.root().commandLine()));
        out.flush();
        return ExitCode.DONE;
    }
}
