package io.sluice.node.observe;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.LoggerFactory;

/// Which loggers have a level of their own.
final class LogLevels {
    private LogLevels() {}

    /// Logger name to level. Empty if Logback is not what logs.
    static SortedMap<String, String> all() {
        var levels = new TreeMap<String, String>();
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext logback) {
            for (Logger logger : logback.getLoggerList()) {
                if (logger.getLevel() != null) {
                    levels.put(logger.getName(), logger.getLevel().toString());
                }
            }
        }
        return levels;
    }
}
