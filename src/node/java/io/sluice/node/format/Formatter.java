package io.sluice.node.format;

import static io.sluice.node.format.FormatSettings.Format.CLOUDEVENTS_BINARY;
import static io.sluice.node.format.FormatSettings.Format.CLOUDEVENTS_STRUCTURED;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.node.event.Arrival;
import io.sluice.node.format.FormatSettings.Format;
import io.sluice.node.format.FormatSettings.OnMissing;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/// Makes Kafka records of arrivals as one integration wants them. Compiled once; the same arrival always gives the same
/// record. Not for several threads.
///
/// What a missing value does to a pattern is set field by field ([FormatSettings.OnMissing]; the type goes with the
/// headers). A header that comes out empty is left out, a key that comes out empty is no key, and a topic or type that
/// comes out empty makes the arrival unformattable.
///
/// Every record carries its id (`ce_id`) and the generation of the task that wrote it (`sluice-epoch`) as headers. The
/// record's timestamp is left to the producer; when the arrival came is in the value or in `ce_time`.
public final class Formatter {
    private static final int SUBJECT_MAX = 32_768;
    private static final Header JSON_TYPE = HeaderList.header("content-type", "application/json");
    private static final Header EVENT_TYPE =
            HeaderList.header("content-type", "application/cloudevents+json; charset=utf-8");

    private final Format format;
    private final boolean isEvent;
    private final boolean tombstoneOnEmpty;
    private final Template topic;
    private final boolean topicIsConstant;
    private final Template subject;
    private final boolean keyIsSubject;
    private final Template key;
    private final PayloadJson json;
    private final HeaderRules headerRules;
    private final EventAttributes.Rules eventRules;
    private final EventHeaders eventHeaders;
    private final EventDocument eventDocument = new EventDocument();
    private final TbmqWrapper wrapper;
    private final HeaderList headers = new HeaderList();
    private Header epochHeader = HeaderList.header("sluice-epoch", "0");
    private long epoch;

    private Formatter(FormatSettings settings, String node) {
        var metadata = metadata(settings.integration(), settings.metadata());
        var missing = settings.missing();
        json = new PayloadJson();
        var scope = new Placeholder.Scope(metadata, node, json);
        format = settings.format();
        isEvent = format == CLOUDEVENTS_BINARY || format == CLOUDEVENTS_STRUCTURED;
        tombstoneOnEmpty = settings.tombstoneOnEmpty();
        topic = template("topic", settings.topic(), missing.topic(), scope);
        topicIsConstant = topic.constant().isPresent();
        topic.constant().ifPresent(Formatter::checkTopic);
        checkNotEmpty("subject", settings.subject());
        subject = template("subject", settings.subject(), missing.subject(), scope);
        keyIsSubject = settings.key().isEmpty();
        key = template("key", settings.key(), missing.key(), scope);
        headerRules = new HeaderRules(
                settings.headers(),
                (field, pattern) -> template(field, pattern, missing.headers(), scope),
                settings.userPropertiesAsHeaders(),
                json);
        checkContentType(settings);
        checkSource(settings.source());
        checkNotEmpty("type", settings.type());
        var type = template("type", settings.type(), missing.headers(), scope);
        eventRules = new EventAttributes.Rules(settings.source(), type, json, new UtcText());
        eventHeaders = new EventHeaders(settings.source(), type.constant().orElse(""));
        wrapper = new TbmqWrapper(node, metadata);
    }

    /// @param node name of this node
    /// @throws IllegalArgumentException naming the integration, the field, what is wrong with it and where
    public static Formatter of(FormatSettings settings, String node) {
        try {
            return new Formatter(settings, node);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("integration [" + settings.integration() + "]: " + e.getMessage(), e);
        }
    }

    /// Checks a pattern while settings are read.
    ///
    /// @throws IllegalArgumentException naming the pattern, what is wrong with it and where
    static void check(String pattern, String integration, Map<String, String> metadata) {
        var scope = new Placeholder.Scope(metadata(integration, metadata), "", new PayloadJson());
        Template.parse("", pattern, OnMissing.FAIL, scope);
    }

    /// The topic of every record, if it does not depend on the arrival.
    public Optional<String> fixedTopic() {
        return topic.constant();
    }

    /// What orders an arrival among others: the subject of the CloudEvent that the publisher sent, otherwise by the
    /// pattern.
    ///
    /// @throws Unformattable also if it is longer than any device's name can be
    public String subject(Arrival arrival) throws Unformattable {
        var subject = subjectOfAnyLength(arrival);
        if (subject.length() > SUBJECT_MAX) {
            throw new Unformattable("subject: expected at most %d characters, was %d; take another pattern"
                    .formatted(SUBJECT_MAX, subject.length()));
        }
        return subject;
    }

    private String subjectOfAnyLength(Arrival arrival) throws Unformattable {
        if (PublishedEvent.isIn(arrival.properties())) {
            var own = arrival.properties().user("subject");
            if (!own.isEmpty()) {
                return own;
            }
        }
        return subject.text(arrival, json);
    }

    /// @param routed subject of the arrival, as [#subject(Arrival)] gave it; empty if it could not, then it says why
    /// here
    /// @param epoch  generation of the task that writes the record
    public ProducerRecord<byte[], byte[]> record(Arrival arrival, String routed, long epoch) throws Unformattable {
        var subject = routed.isEmpty() ? subject(arrival) : routed;
        var tombstone = tombstoneOnEmpty && arrival.payload().length == 0;
        var topic = topic(arrival);
        var key = key(arrival, subject);
        if (tombstone && key == null) {
            throw new Unformattable("key: expected a text, as the record is a tombstone, was empty");
        }
        headers.clear();
        var value = tombstone ? tombstone(arrival, subject) : value(arrival, subject);
        headerRules.add(arrival, isEvent, headers);
        headers.add(epochHeader(epoch));
        return new ProducerRecord<>(topic, null, null, key, value, headers);
    }

    private String topic(Arrival arrival) throws Unformattable {
        var name = topic.text(arrival, json);
        if (!topicIsConstant) {
            var problem = KafkaTopic.problem(name);
            if (!problem.isEmpty()) {
                throw new Unformattable("topic: " + problem);
            }
        }
        return name;
    }

    /// An empty key is no key: Kafka then spreads the records instead of heaping them on one partition.
    private byte @Nullable [] key(Arrival arrival, String subject) throws Unformattable {
        var text = keyIsSubject ? subject : key.text(arrival, json);
        return text.isEmpty() ? null : text.getBytes(UTF_8);
    }

    /// Adds the headers that say what the value is.
    private byte[] value(Arrival arrival, String subject) throws Unformattable {
        return switch (format) {
            case PAYLOAD -> {
                headers.add("ce_id", arrival.id());
                headerRules.addContentType("content-type", arrival, headers);
                yield arrival.payload();
            }
            case JSON -> {
                headers.add("ce_id", arrival.id());
                headers.add(JSON_TYPE);
                headerRules.addContentType("mqtt-content-type", arrival, headers);
                yield wrapper.wrap(arrival);
            }
            case CLOUDEVENTS_BINARY -> {
                eventHeaders.add(eventRules.attributes(arrival, subject), headers);
                headerRules.addContentType("content-type", arrival, headers);
                yield arrival.payload();
            }
            case CLOUDEVENTS_STRUCTURED -> {
                var event = eventRules.attributes(arrival, subject);
                headers.add("ce_id", event.id());
                headers.add(EVENT_TYPE);
                yield eventDocument.write(event);
            }
        };
    }

    /// The same headers for a record without a value. A CloudEvent is in binary mode then, for its attributes need a
    /// place.
    private byte @Nullable [] tombstone(Arrival arrival, String subject) throws Unformattable {
        switch (format) {
            case PAYLOAD, JSON -> headers.add("ce_id", arrival.id());
            case CLOUDEVENTS_BINARY, CLOUDEVENTS_STRUCTURED ->
                eventHeaders.add(eventRules.attributes(arrival, subject), headers);
        }
        return null;
    }

    private Header epochHeader(long epoch) {
        if (epoch != this.epoch) {
            epochHeader = HeaderList.header("sluice-epoch", Long.toString(epoch));
            this.epoch = epoch;
        }
        return epochHeader;
    }

    private static Template template(String field, String pattern, OnMissing missing, Placeholder.Scope scope) {
        try {
            return Template.parse(field, pattern, missing, scope);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(field + " " + e.getMessage(), e);
        }
    }

    /// What `${metadata.x}` and TBMQ's wrapper know: the integration's name, and what it was given.
    private static Map<String, String> metadata(String integration, Map<String, String> given) {
        var metadata = new LinkedHashMap<String, String>();
        metadata.put("integrationName", integration);
        metadata.putAll(new TreeMap<>(given));
        return Collections.unmodifiableMap(metadata);
    }

    private static void checkTopic(String name) {
        var problem = KafkaTopic.problem(name);
        if (!problem.isEmpty()) {
            throw new IllegalArgumentException("topic: " + problem);
        }
    }

    private static void checkNotEmpty(String field, String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException(field + ": expected a text, was empty");
        }
    }

    private static void checkSource(String source) {
        checkNotEmpty("source", source);
        try {
            var _ = new URI(source);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("source: expected a URI reference, was \"" + source + "\"", e);
        }
    }

    private static void checkContentType(FormatSettings settings) {
        var ours = settings.format() == Format.JSON || settings.format() == CLOUDEVENTS_STRUCTURED;
        if (ours && settings.headers().keySet().stream().anyMatch("content-type"::equalsIgnoreCase)) {
            throw new IllegalArgumentException("header \"content-type\": expected another name, as format "
                    + settings.format() + " writes this one itself");
        }
    }
}
