package io.sluice.node.api;

import io.sluice.node.catalog.CatalogState;
import io.sluice.node.catalog.Change;
import io.sluice.node.catalog.Key;
import io.sluice.node.http.Call;
import io.sluice.node.http.ErrorCode;
import io.sluice.node.http.Problem;

/// On which version of a definition a request was made (RFC 9110 section 13).
final class Tags {
    private Tags() {}

    /// @throws Problem if there is nothing, and there has to be something
    static Change.Expected expected(Call call, CatalogState known, Key key) {
        if (call.header("if-none-match").isPresent()) {
            return new Change.Absent();
        }
        var match = call.header("if-match");
        if (match.isEmpty()) {
            return new Change.Anything();
        }
        if (!match.get().equals("*")) {
            return new Change.At(Long.parseLong(match.get().replace("\"", "")));
        }
        return known.find(key)
                .map(entry -> new Change.At(entry.version()))
                .orElseThrow(() -> Problem.of(ErrorCode.STALE, "%s: expected one, was none".formatted(key)));
    }
}
