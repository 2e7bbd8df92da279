package io.sluice.cli;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Makes a token by a password, and keeps it for the commands that follow.
@Command(
        name = "login",
        description = {
            "Log in: ask for the password and keep a token of this user for the other commands.",
            "It is kept in ~/.config/sluice/login.json (or below XDG_CONFIG_HOME), which nobody else can read."
        },
        mixinStandardHelpOptions = true)
final class Login implements Callable<Integer> {
    private static final int NOTE_MAX = 200;

    @Mixin
    private final Target target = new Target();

    @Mixin
    private final Secrets secrets = new Secrets();

    @Option(
            names = {"-u", "--user"},
            paramLabel = "USER",
            description = "Who logs in; asked for if it is left out.")
    private Optional<String> user = Optional.empty();

    @Option(
            names = "--days",
            paramLabel = "N",
            defaultValue = "30",
            description = "How long the login lasts, 1 to 366 days. Default: ${DEFAULT-VALUE}.")
    private int days;

    @Override
    public Integer call() {
        var url = target.url();
        var file = target.file();
        var before = file.read();
        file.prepare();
        warnOfClearText(url);
        var name = user.orElseGet(this::asked);
        try (var stranger = Client.of(url, target.ca());
                var session = PasswordSession.open(
                        stranger, name, secrets.password(target, "Password of %s: ".formatted(Plain.line(name))))) {
            var made = session.token(session.scopes(), note(), days);
            var login = new LoginFile.Login(
                    url,
                    session.user(),
                    made.path("name").asText(),
                    made.path("secret").asText(),
                    made.path("expires").asText(),
                    target.ca());
            keep(file, login, session);
            before.ifPresent(Login::revoke);
            target.out()
                    .printf(
                            "%s is logged in at %s until %s, and may %s%n",
                            login.user(),
                            url,
                            Table.local(login.expires(), target.surroundings().zone()),
                            String.join(", ", session.scopes()));
        }
        return ExitCode.DONE;
    }

    private static void keep(LoginFile file, LoginFile.Login login, PasswordSession session) {
        try {
            file.write(login);
        } catch (Failure e) {
            session.client().send(Ask.delete("/tokens/" + Ask.segment(login.name())));
            throw e;
        }
    }

    /// What nobody holds any more shall not be good either; if that fails it ends by itself.
    private static void revoke(LoginFile.Login login) {
        try (var client = Client.of(login.url(), login.ca()).token(login.token())) {
            client.send(Ask.delete("/tokens/" + Ask.segment(login.name())));
        } catch (Failure _) {
            // as said
        }
    }

    private String asked() {
        var name = target.surroundings()
                .terminal()
                .orElseThrow(() -> Failure.usage("expected --user where nobody can be asked"))
                .line("User: ")
                .strip();
        if (name.isEmpty()) {
            throw Failure.usage("expected a user, was none");
        }
        return name;
    }

    private void warnOfClearText(URI url) {
        var host = url.getHost();
        var isHere = host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
        if ("http".equals(url.getScheme()) && !isHere) {
            target.err().printf("login: password and token go to %s in clear; use https%n", host);
        }
    }

    private static String note() {
        try {
            var note = "sluice login on " + InetAddress.getLocalHost().getHostName();
            return note.substring(0, Math.min(note.length(), NOTE_MAX));
        } catch (UnknownHostException _) {
            return "sluice login";
        }
    }
}
