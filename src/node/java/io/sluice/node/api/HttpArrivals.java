package io.sluice.node.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.node.event.Arrival;
import io.sluice.node.event.Properties;
import io.sluice.node.event.WrittenEvent;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import net.jpountz.xxhash.XXHash64;
import net.jpountz.xxhash.XXHashFactory;

/// Makes arrivals of HTTP requests. Pure, for any thread.
///
/// Ids have the form of those by MQTT: `<clientId>:<Idempotency-Key>:<hash>` where the publisher sends
/// a key, `<clientId>:<this node's seed>-<count>` where not, and `<event id>:<hash>` for a CloudEvent.
/// The hash is XXHash64 over what the id names (caller, topic and body; of an event source, topic and
/// data), so that a key used again for something else names something else, and the same request sent
/// again the same.
///
/// A CloudEvent travels as an MQTT 5 publisher would send it in binary mode, its attributes as user
/// properties; so the formats keep them and its subject orders it.
///
/// All methods refuse with an [IllegalArgumentException] whose text is for the publisher.
public final class HttpArrivals {
    static final String CLIENT_ID = "Sluice-Client-Id";
    static final String KEY = "Idempotency-Key";
    static final String USER_PROPERTY = "Sluice-User-Property";

    /// As long as a dead letter's id may be.
    private static final int ID_MAX = 1024;

    private static final int EVENT_ID_MAX = 512;
    private static final int TOPIC_BYTES_MAX = 65_535;
    private static final int HTTP_QOS = 1;
    private static final XXHash64 HASH = XXHashFactory.fastestJavaInstance().hash64();

    /// @param topicLevels         most levels of a topic name
    /// @param clientIdBytes       longest client id
    /// @param userProperties      most user properties of a message, or attributes of an event
    /// @param userPropertiesBytes size of them, in UTF-8
    /// @param events              most events of a batch
    public record Limits(int topicLevels, int clientIdBytes, int userProperties, int userPropertiesBytes, int events) {}

    /// A request as it came.
    ///
    /// @param caller      who was let in; empty if nobody had to say a name
    /// @param contentType empty if none was sent
    /// @param headers     in their order, without `Content-Type`
    /// @param body        not to be written to any more
    /// @param receivedAt  milliseconds since the epoch
    public record Request(String caller, String contentType, List<HttpHeader> headers, byte[] body, long receivedAt) {
        public Request {
            headers = List.copyOf(headers);
        }

        @Override
        public String toString() {
            return "Request[caller=%s, bytes=%d]".formatted(caller, body.length);
        }
    }

    private final Limits limits;
    private final String seed;
    private final AtomicLong count = new AtomicLong();

    public HttpArrivals(Limits limits) {
        this(limits, ThreadLocalRandom.current().nextLong());
    }

    HttpArrivals(Limits limits, long nonce) {
        this.limits = limits;
        this.seed = HexFormat.of().toHexDigits(nonce);
    }

    /// The message of `POST /v1/messages/{topic}`.
    public Arrival message(String topic, Request request) {
        checkTopic(topic);
        checkText("content type", request.contentType());
        var clientId = clientId(request);
        var properties = new Properties(request.contentType(), "", new byte[0], false, -1, userProperties(request));
        return arrival(messageId(clientId, topic, request), topic, request.body(), clientId, request, properties);
    }

    /// The CloudEvents of `POST /v1/events`, in their order; none for an empty batch.
    ///
    /// An event is published to the topic that its extension attribute `topic` names, otherwise to
    /// `events/<its type>`.
    public List<Arrival> events(Request request) {
        var clientId = clientId(request);
        var events = HttpEvents.read(request, limits.events());
        var arrivals = new ArrayList<Arrival>(events.size());
        for (int i = 0; i < events.size(); i++) {
            try {
                arrivals.add(event(events.get(i), clientId, request));
            } catch (IllegalArgumentException e) {
                throw events.size() == 1
                        ? e
                        : new IllegalArgumentException("event %d of the batch: %s".formatted(i + 1, e.getMessage()), e);
            }
        }
        return arrivals;
    }

    private Arrival event(WrittenEvent event, String clientId, Request request) {
        HttpEvents.check(event);
        var id = event.attribute("id");
        if (id.length() > EVENT_ID_MAX) {
            throw new IllegalArgumentException(
                    "event id: expected at most %d characters, was %d".formatted(EVENT_ID_MAX, id.length()));
        }
        var named = event.attribute("topic");
        var topic = named.isEmpty() ? "events/" + event.attribute("type") : named;
        try {
            checkTopic(topic);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "event topic \"%s\": %s; name another by the extension attribute topic"
                            .formatted(topic, e.getMessage()),
                    e);
        }
        var user = new ArrayList<Properties.User>();
        event.attributes().forEach((name, value) -> {
            if (!name.equals("datacontenttype")) {
                user.add(new Properties.User(name, value));
            }
        });
        checkSize("event attributes", user);
        var properties = new Properties(event.attribute("datacontenttype"), "", new byte[0], false, -1, user);
        var name = id + ":" + hash(event.attribute("source"), topic, event.data());
        return arrival(name, topic, event.data(), clientId, request, properties);
    }

    private static Arrival arrival(
            String id, String topic, byte[] payload, String clientId, Request request, Properties properties) {
        return new Arrival(
                id,
                topic,
                payload,
                HTTP_QOS,
                false,
                false,
                clientId,
                request.caller(),
                "",
                request.receivedAt(),
                properties);
    }

    private String messageId(String clientId, String topic, Request request) {
        var key = header(request, KEY);
        if (key.isEmpty()) {
            return clientId + ":" + seed + "-" + count.getAndIncrement();
        }
        var id = clientId + ":" + key + ":" + hash(request.caller(), topic, request.body());
        if (id.length() > ID_MAX) {
            throw new IllegalArgumentException("header %s: expected at most %d characters beside this client id, was %d"
                    .formatted(KEY, ID_MAX - id.length() + key.length(), key.length()));
        }
        return id;
    }

    private static String hash(String first, String second, byte[] bytes) {
        var text = first.getBytes(UTF_8);
        var hash = HASH.hash(text, 0, text.length, 0);
        text = second.getBytes(UTF_8);
        hash = HASH.hash(text, 0, text.length, hash);
        return HexFormat.of().toHexDigits(HASH.hash(bytes, 0, bytes.length, hash));
    }

    private String clientId(Request request) {
        var given = header(request, CLIENT_ID);
        var clientId = given.isEmpty() ? request.caller() : given;
        if (clientId.isEmpty()) {
            throw new IllegalArgumentException("header " + CLIENT_ID + ": expected one, as the caller has no name");
        }
        var bytes = clientId.getBytes(UTF_8).length;
        if (bytes > limits.clientIdBytes()) {
            throw new IllegalArgumentException(
                    "header %s: expected at most %d bytes, was %d".formatted(CLIENT_ID, limits.clientIdBytes(), bytes));
        }
        return clientId;
    }

    private List<Properties.User> userProperties(Request request) {
        var user = new ArrayList<Properties.User>();
        for (var header : request.headers()) {
            if (header.is(USER_PROPERTY)) {
                var text = header.value().strip();
                var end = text.indexOf('=');
                if (end < 1) {
                    throw new IllegalArgumentException(
                            "header %s: expected name=value, was \"%s\"".formatted(USER_PROPERTY, shown(text)));
                }
                checkText("header " + USER_PROPERTY, text);
                user.add(new Properties.User(text.substring(0, end), text.substring(end + 1)));
            }
        }
        checkSize("header " + USER_PROPERTY, user);
        return user;
    }

    private void checkSize(String what, List<Properties.User> user) {
        if (user.size() > limits.userProperties()) {
            throw new IllegalArgumentException(
                    "%s: expected at most %d, was %d".formatted(what, limits.userProperties(), user.size()));
        }
        var bytes = user.stream()
                .mapToInt(property -> property.name().getBytes(UTF_8).length
                        + property.value().getBytes(UTF_8).length)
                .sum();
        if (bytes > limits.userPropertiesBytes()) {
            throw new IllegalArgumentException("%s: expected at most %d bytes in all, was %d"
                    .formatted(what, limits.userPropertiesBytes(), bytes));
        }
    }

    /// The only value of a header; empty if it is not there.
    private static String header(Request request, String name) {
        var values =
                request.headers().stream().filter(header -> header.is(name)).toList();
        if (values.size() > 1) {
            throw new IllegalArgumentException("header %s: expected once, was %d times".formatted(name, values.size()));
        }
        var value = values.isEmpty() ? "" : values.getFirst().value().strip();
        checkText("header " + name, value);
        return value;
    }

    /// What may be published to (MQTT 5 section 4.7).
    private void checkTopic(String name) {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("topic name: expected at least one character, was none");
        }
        checkText("topic name", name);
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) == '+' || name.charAt(i) == '#') {
                throw new IllegalArgumentException("topic name: expected no wildcard, was one at position " + (i + 1));
            }
        }
        var levels = 1 + name.chars().filter(c -> c == '/').count();
        if (levels > limits.topicLevels()) {
            throw new IllegalArgumentException(
                    "topic name: expected at most %d levels, was %d".formatted(limits.topicLevels(), levels));
        }
        var bytes = name.getBytes(UTF_8).length;
        if (bytes > TOPIC_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "topic name: expected at most %d bytes, was %d".formatted(TOPIC_BYTES_MAX, bytes));
        }
    }

    /// Refuses what cannot be told again in UTF-8, and control characters, which neither headers nor
    /// every store take.
    static void checkText(String what, String text) {
        for (int i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            var isPair = Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (isPair) {
                i++;
            } else if (Character.isISOControl(c) || Character.isSurrogate(c)) {
                throw new IllegalArgumentException(
                        "%s: expected text without control characters, was U+%04X at position %d"
                                .formatted(what, (int) c, i + 1));
            }
        }
    }

    /// The beginning of what somebody sent, fit for an answer.
    static String shown(String text) {
        var line = text.codePoints()
                .limit(64)
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append);
        return line.length() < text.length() ? line + "…" : line.toString();
    }
}
