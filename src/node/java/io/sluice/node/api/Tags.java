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

    /// The same, where something may be put that is not there yet.
    static Change.Expected expectedOrAbsent(Call call, CatalogState known, Key key) {
        return call.header("if-none-match").isPresent() ? new Change.Absent() : expected(call, known, key);
    }

    /// Whether what is about to be edited is the version that the caller names, if it names one.
    ///
    /// @throws Problem if it is another
    static void checkMatch(Call call, Key key, long version) {
        var match = call.header("if-match").filter(tag -> !tag.equals("*"));
        if (match.isPresent() && !match.get().equals("\"" + version + "\"")) {
            throw Problem.of(
                    ErrorCode.STALE,
                    "%s: expected version %s, was %d; read it again and repeat the change"
                            .formatted(key, match.get(), version));
        }
    }

    /// @throws Problem if there is nothing, and there has to be something
    static Change.Expected expected(Call call, CatalogState known, Key key) {
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
