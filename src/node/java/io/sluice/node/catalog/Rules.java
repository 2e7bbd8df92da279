package io.sluice.node.catalog;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What makes a definition good. Pure: the same question always has the same answer.
public interface Rules {

    /// @param text names the place in the definition, what was expected, what was found
    record Problem(Key key, String text) {}

    /// Where a definition is declared that nobody may change, e.g. a file and line. One of the same name that
    /// was in the catalog before is not used, and may be removed.
    Optional<String> declaredIn(Key key);

    /// What would be wrong after a change, in definitions that were changed or that refer to one.
    ///
    /// @param all     every definition as it would be, JSON texts
    /// @param changed those that are new, other, or gone
    List<Problem> problems(Map<Key, String> all, Set<Key> changed);

    /// Whether what was begun under one definition goes on under the next.
    boolean continues(Key key, String before, String after);
}
