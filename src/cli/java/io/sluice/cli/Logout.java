package io.sluice.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Ends what `login` began.
@Command(
        name = "logout",
        description = "Log out: revoke the token that login keeps, and forget it.",
        mixinStandardHelpOptions = true)
final class Logout implements Callable<Integer> {
    @Mixin
    private final Target target = new Target();

    @Option(names = "--forget", description = "Only forget it, for a server that is gone; the token stays good there.")
    private boolean forget;

    @Override
    public Integer call() {
        var file = target.file();
        var login = target.kept();
        if (login.isEmpty()) {
            target.err().println("logout: nobody was logged in");
            return ExitCode.DONE;
        }
        if (!forget) {
            revoke(login.get());
        }
        file.remove();
        target.out()
                .printf(
                        "%s is logged out of %s%n",
                        login.get().user(), login.get().url());
        return ExitCode.DONE;
    }

    /// One that is good no more, or gone, has nothing left to revoke.
    private void revoke(LoginFile.Login login) {
        try (var client = target.stranger().token(login.token())) {
            client.send(Ask.delete("/tokens/" + Ask.segment(login.name())));
        } catch (Failure e) {
            if (e.status() != 401 && e.status() != 404) {
                throw e;
            }
        }
    }
}
