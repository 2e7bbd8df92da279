package io.sluice.node;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What the command line of a node says.
///
/// @param configs     configuration files, a later one wins
/// @param pidFile     gets the node's process id once the node serves
/// @param definitions `key=value` of each `-D`
record Arguments(List<Path> configs, Optional<Path> pidFile, List<String> definitions) {

    /// @throws IllegalArgumentException on a word that is not an argument
    static Arguments parse(List<String> words) {
        var configs = new ArrayList<Path>();
        var definitions = new ArrayList<String>();
        Optional<Path> pidFile = Optional.empty();
        for (var rest = words.iterator(); rest.hasNext(); ) {
            var word = rest.next();
            if (word.equals("--config") && rest.hasNext()) {
                configs.add(Path.of(rest.next()));
            } else if (word.startsWith("--config=")) {
                configs.add(Path.of(word.substring("--config=".length())));
            } else if (word.equals("--pid-file") && rest.hasNext()) {
                pidFile = Optional.of(Path.of(rest.next()));
            } else if (word.startsWith("--pid-file=")) {
                pidFile = Optional.of(Path.of(word.substring("--pid-file=".length())));
            } else if (word.startsWith("-D") && word.contains("=")) {
                definitions.add(word.substring(2));
            } else {
                throw new IllegalArgumentException(
                        "argument [%s]: expected --config FILE, --pid-file FILE or -Dkey=value".formatted(word));
            }
        }
        return new Arguments(configs, pidFile, definitions);
    }
}
