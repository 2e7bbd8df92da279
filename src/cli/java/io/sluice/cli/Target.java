package io.sluice.cli;

import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/// Which server, and in whose name. What is given beats the environment, which beats what `sluice login`
/// kept; a kept token is shown to the server that gave it and to no other.
class Target {
    private static final String PORT_VARIABLE = "SLUICE_API_PORT";

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    @Option(
            names = "--url",
            paramLabel = "URL",
            converter = Address.class,
            description = "The server; default SLUICE_URL, then that of the login, then http://127.0.0.1:8080.")
    private Optional<URI> url = Optional.empty();

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description =
                    "In whose name; default SLUICE_TOKEN, then the login. Others on this machine may see it here.")
    private Optional<String> token = Optional.empty();

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description =
                    "Certificates (PEM) to trust instead of the machine's; default SLUICE_CA, then that of the login.")
    private Optional<Path> ca = Optional.empty();

    final CommandSpec command() {
        return command;
    }

    final PrintWriter out() {
        return command.commandLine().getOut();
    }

    final PrintWriter err() {
        return command.commandLine().getErr();
    }

    final Surroundings surroundings() {
        return Sluice.surroundings(command);
    }

    final LoginFile file() {
        return LoginFile.of(surroundings());
    }

    final URI url() {
        return givenUrl().or(() -> kept().map(LoginFile.Login::url)).orElseGet(this::usual);
    }

    /// The login that is kept, if it is of this server.
    final Optional<LoginFile.Login> kept() {
        var named = givenUrl();
        return file().read().filter(login -> named.isEmpty() || named.get().equals(login.url()));
    }

    final boolean isLoggedIn() {
        return givenToken().isPresent() || kept().isPresent();
    }

    final Optional<Path> ca() {
        return ca.or(() -> surroundings().variable("SLUICE_CA").map(Path::of)).map(Path::toAbsolutePath);
    }

    /// In the name of who is logged in.
    ///
    /// @throws Failure if nobody is
    final Client client() {
        var secret = givenToken()
                .or(() -> kept().map(LoginFile.Login::token))
                .orElseThrow(() -> Failure.of(
                        ExitCode.FORBIDDEN,
                        "expected a login at %s, was none; log in with sluice login, or set SLUICE_TOKEN"
                                .formatted(url())));
        return stranger().token(secret);
    }

    /// In nobody's name.
    final Client stranger() {
        return Client.of(url(), ca().or(() -> kept().flatMap(LoginFile.Login::ca)));
    }

    /// A yes of who sits at the terminal, unless it was given before.
    ///
    /// @param what is about to happen
    /// @throws Failure without it
    final void confirm(boolean yes, String what) {
        if (yes) {
            return;
        }
        var terminal = surroundings()
                .terminal()
                .orElseThrow(() -> Failure.usage("%s: expected --yes where nobody can be asked".formatted(what)));
        var answer = terminal.line(Plain.line(what) + "? [y/N] ").strip();
        if (!answer.equalsIgnoreCase("y") && !answer.equalsIgnoreCase("yes")) {
            throw Failure.usage("nothing was done");
        }
    }

    private Optional<String> givenToken() {
        return token.or(() -> surroundings().variable("SLUICE_TOKEN"));
    }

    private Optional<URI> givenUrl() {
        return url.or(() -> surroundings().variable("SLUICE_URL").map(text -> read("SLUICE_URL", text)));
    }

    private URI usual() {
        var port = surroundings().variable(PORT_VARIABLE).orElse("8080");
        return read(PORT_VARIABLE, "http://127.0.0.1:" + port);
    }

    private URI read(String variable, String text) {
        try {
            return new Address().convert(text);
        } catch (TypeConversionException e) {
            throw new ParameterException(command.commandLine(), "%s: %s".formatted(variable, e.getMessage()));
        }
    }
}
