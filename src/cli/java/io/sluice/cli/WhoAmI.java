package io.sluice.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// As whom a server knows the caller.
@Command(
        name = "whoami",
        description = "Who the caller is to the server, and what it may do.",
        mixinStandardHelpOptions = true)
final class WhoAmI implements Callable<Integer> {
    private static final List<Table.Column> COLUMNS = List.of(
            Table.Column.text("user", "/name"),
            Table.Column.text("role", "/role"),
            Table.Column.text("scopes", "/scopes"),
            Table.Column.text("by", "/by"),
            Table.Column.moment("expires", "/expires"),
            Table.Column.text("server", "/url"));

    @Mixin
    private final Asking asking = new Asking();

    @Override
    public Integer call() {
        try (var client = asking.client()) {
            ObjectNode answer = client.json(Ask.get("/session")).deepCopy();
            asking.showOne(answer.put("url", client.base().toString()), COLUMNS);
        }
        return ExitCode.DONE;
    }
}
