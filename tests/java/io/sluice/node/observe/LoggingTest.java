package io.sluice.node.observe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.FilterReply;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.node.settings.CannotStart;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Our `logback.xml`, as an operator meets it.
class LoggingTest {
    private static final String LOGGER = "io.sluice.node.observe.Management";

    @Test
    void writesLinesForAPerson() {
        var line = written(configured(Map.of()), null);

        assertThat(line)
                .matches(
                        "\\d\\d:\\d\\d:\\d\\d\\.\\d{3} INFO  Management       kafka serves \\[127\\.0\\.0\\.1:9092]\\R");
    }

    @Test
    void anOperatorsMistakeIsOneLineWithoutAStackTrace() {
        var line = written(configured(Map.of()), new CannotStart("port 9092 is in use"));

        assertThat(line.lines()).hasSize(2).last().asString().endsWith("CannotStart: port 9092 is in use");
    }

    @Test
    void writesJsonWhenAsked() throws Exception {
        var line = written(configured(Map.of("SLUICE_LOG_FORMAT", "json")), null);

        var json = new ObjectMapper().readTree(line);
        assertThat(json.path("level").asText()).isEqualTo("INFO");
        assertThat(json.path("loggerName").asText()).isEqualTo(LOGGER);
        assertThat(json.path("formattedMessage").asText()).isEqualTo("kafka serves [127.0.0.1:9092]");
    }

    @Test
    void librariesOnlyWarn() {
        var logging = configured(Map.of());

        assertThat(logging.getLogger(LOGGER).getEffectiveLevel()).isEqualTo(Level.INFO);
        for (var library : new String[] {"org.apache.kafka", "kafka.server", "org.apache.pekko", "io.netty"}) {
            assertThat(logging.getLogger(library).getEffectiveLevel())
                    .as(library)
                    .isEqualTo(Level.WARN);
        }
    }

    @Test
    void ourOwnLevelCanBeSet() {
        var logging = configured(Map.of("SLUICE_LOG_LEVEL", "DEBUG"));

        assertThat(logging.getLogger(LOGGER).getEffectiveLevel()).isEqualTo(Level.DEBUG);
    }

    @Test
    void dropsWhatMeansNothing() {
        var event = new LoggingEvent();
        event.setMessage("[x] Attempting to close NetworkClient that has already been closed.");
        var needed = new LoggingEvent();
        needed.setMessage("[x] Connection to node 1 (/10.0.0.7:9092) could not be established.");

        assertThat(new KnownNoise().decide(event)).isEqualTo(FilterReply.DENY);
        assertThat(new KnownNoise().decide(needed)).isEqualTo(FilterReply.NEUTRAL);
    }

    private static LoggerContext configured(Map<String, String> environment) {
        var context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        environment.forEach(context::putProperty);
        var configurator = new JoranConfigurator();
        configurator.setContext(context);
        try {
            configurator.doConfigure(Objects.requireNonNull(LoggingTest.class.getResource("/logback.xml")));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        return context;
    }

    private static String written(LoggerContext context, @Nullable Throwable thrown) {
        var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        var console = (ConsoleAppender<ILoggingEvent>) root.getAppender("console");
        var event = new LoggingEvent(
                "", context.getLogger(LOGGER), Level.INFO, "kafka serves [{}]", thrown, new Object[] {"127.0.0.1:9092"
                });
        return new String(console.getEncoder().encode(event), UTF_8);
    }
}
