package io.sluice.node.http;

import io.sluice.node.access.Caller;
import io.sluice.node.access.Denied;
import io.sluice.node.access.Gate;
import io.sluice.node.access.Scope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import org.apache.pekko.http.javadsl.model.AttributeKeys;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.RemoteAddress;
import org.apache.pekko.http.scaladsl.model.Uri;

/// Takes a request through all that stands before its handler: which operation, who, how often, as described?
final class Desk {
    private static final int PUBLISHES_MAX = 10_000;
    private static final int STRANGERS_MAX = 100;
    private static final String COOKIE = "sluice-session=";

    private final Contract contract;
    private final Map<String, Handler> handlers;
    private final Gate gate;
    private final Pages pages;
    private final Bodies bodies;
    private final Paces strangers;
    private final Paces paces;
    private final Paces publishPaces;
    private final Semaphore turns;
    private final Semaphore publishTurns = new Semaphore(PUBLISHES_MAX);
    private final Semaphore strangersTurns = new Semaphore(STRANGERS_MAX);

    Desk(Contract contract, Map<String, Handler> handlers, Gate gate, Bodies bodies, HttpSettings settings) {
        this.contract = contract;
        this.handlers = Map.copyOf(handlers);
        this.gate = gate;
        this.bodies = bodies;
        this.pages = new Pages(contract);
        this.strangers = new Paces(settings.pace(), System::nanoTime);
        this.paces = new Paces(settings.pace(), System::nanoTime);
        this.publishPaces = new Paces(settings.publishPace(), System::nanoTime);
        this.turns = new Semaphore(settings.requestsMax());
        checkHandlers();
    }

    private void checkHandlers() {
        if (!handlers.keySet().equals(contract.operations())) {
            var lacking = new TreeSet<>(contract.operations());
            lacking.removeAll(handlers.keySet());
            var unknown = new TreeSet<>(handlers.keySet());
            unknown.removeAll(contract.operations());
            throw new IllegalStateException(
                    "openapi.yaml: expected a handler for each operation; lacking %s, unknown %s"
                            .formatted(lacking, unknown));
        }
    }

    /// Blocks until it is answered.
    ///
    /// @throws Problem or another exception, if it could not be answered
    Answer answer(HttpRequest request) {
        var method = request.method().value();
        var path = segments(request.getUri().asScala().path());
        return switch (contract.find(method, path)) {
            case Contract.Found.One(var operation, var values) -> answer(request, operation, values);
            case Contract.Found.OtherMethods(var methods) -> {
                bodies.discard(request);
                throw new OtherMethod(methods);
            }
            case Contract.Found.Nothing _ -> {
                bodies.discard(request);
                yield page(method, "/" + String.join("/", path));
            }
        };
    }

    private Answer page(String method, String path) {
        var page = pages.find(path)
                .orElseThrow(() -> Problem.of(ErrorCode.NO_SUCH_PATH, "path: expected one of /docs, was another"));
        if (!method.equals("GET")) {
            throw new OtherMethod(Set.of("GET"));
        }
        return page;
    }

    private Answer answer(HttpRequest request, Operation operation, Map<String, String> path) {
        var isPublish = operation.access() instanceof Operation.Access.Needs(var scope) && scope == Scope.PUBLISH;
        var isStranger = operation.access() instanceof Operation.Access.Everybody;
        var queue = isPublish ? publishTurns : isStranger ? strangersTurns : turns;
        if (!queue.tryAcquire()) {
            bodies.discard(request);
            throw Problem.later(
                    ErrorCode.BUSY,
                    "expected fewer requests at a time; see sluice.api.requests-max",
                    Duration.ofSeconds(1));
        }
        try {
            return inTurn(request, operation, path, isPublish);
        } finally {
            queue.release();
        }
    }

    private Answer inTurn(HttpRequest request, Operation operation, Map<String, String> path, boolean isPublish) {
        var headers = headers(request);
        var address = address(request);
        Optional<Caller> who;
        var reading = new Reading(operation);
        com.fasterxml.jackson.databind.node.ObjectNode query;
        try {
            who = admitted(operation, headers, address, isPublish);
            query = reading.query(request.getUri().rawQueryString().orElse(""));
            reading.path(path);
            reading.headers(headers);
        } catch (RuntimeException e) {
            bodies.discard(request);
            throw e;
        }
        try (var body = read(request, who.isEmpty())) {
            var json = reading.body(mediaType(request), body.bytes());
            reading.end();
            return Objects.requireNonNull(handlers.get(operation.id()))
                    .handle(new Call(who, path, query, headers, json, body.bytes(), contentType(request), address));
        }
    }

    /// What is not read has to be discarded, or the connection would stand still.
    private Bodies.Body read(HttpRequest request, boolean isStranger) {
        try {
            return isStranger ? bodies.readOfStranger(request) : bodies.read(request);
        } catch (Problem problem) {
            bodies.discard(request);
            throw problem;
        }
    }

    private Optional<Caller> admitted(
            Operation operation, Map<String, List<String>> headers, String address, boolean isPublish) {
        if (operation.access() instanceof Operation.Access.Everybody) {
            keepPace(strangers, address);
            return Optional.empty();
        }
        Caller caller;
        try {
            caller = gate.identify(shown(operation, headers));
        } catch (Denied e) {
            keepPace(strangers, address);
            throw e;
        }
        keepPace(isPublish ? publishPaces : paces, caller.name());
        if (operation.access() instanceof Operation.Access.Needs(var scope) && !caller.may(scope)) {
            throw Problem.of(
                    ErrorCode.FORBIDDEN,
                    "user [%s]: expected scope %s, was %s"
                            .formatted(caller.name(), scope, new TreeSet<>(caller.scopes())));
        }
        return Optional.of(caller);
    }

    private static void keepPace(Paces paces, String caller) {
        var pause = paces.take(caller);
        if (!pause.isZero()) {
            throw Problem.later(
                    ErrorCode.TOO_MANY_REQUESTS, "expected fewer requests a second; see sluice.api.pace", pause);
        }
    }

    private static Gate.Shown shown(Operation operation, Map<String, List<String>> headers) {
        return new Gate.Shown(
                first(headers, "authorization"), cookie(headers), first(headers, "sluice-csrf"), operation.changes());
    }

    private static Optional<String> first(Map<String, List<String>> headers, String name) {
        return headers.getOrDefault(name, List.of()).stream().findFirst();
    }

    /// The cookie of a call's session, empty if it has none.
    static Optional<String> cookie(Map<String, List<String>> headers) {
        return headers.getOrDefault("cookie", List.of()).stream()
                .flatMap(line -> List.of(line.split(";")).stream())
                .map(String::trim)
                .filter(pair -> pair.startsWith(COOKIE))
                .map(pair -> pair.substring(COOKIE.length()))
                .findFirst();
    }

    private static Map<String, List<String>> headers(HttpRequest request) {
        var all = new HashMap<String, List<String>>();
        request.getHeaders()
                .forEach(header -> all.computeIfAbsent(header.lowercaseName(), _ -> new ArrayList<>())
                        .add(header.value()));
        return all;
    }

    /// As it was sent; empty if it was not.
    private static String contentType(HttpRequest request) {
        var type = request.entity().getContentType();
        return type.equals(ContentTypes.NO_CONTENT_TYPE) ? "" : type.toString();
    }

    private static String mediaType(HttpRequest request) {
        var type = request.entity().getContentType();
        return type.equals(ContentTypes.NO_CONTENT_TYPE)
                ? ""
                : type.mediaType().toString().toLowerCase(Locale.ROOT);
    }

    private static String address(HttpRequest request) {
        return request.getAttribute(AttributeKeys.remoteAddress)
                .flatMap(RemoteAddress::getAddress)
                .map(java.net.InetAddress::getHostAddress)
                .orElse("unknown");
    }

    /// What stands between slashes, decoded.
    private static List<String> segments(Uri.Path path) {
        var segments = new ArrayList<String>();
        var segment = "";
        for (var rest = path.startsWithSlash() ? path.tail() : path; !rest.isEmpty(); rest = rest.tail()) {
            if (rest.startsWithSlash()) {
                segments.add(segment);
                segment = "";
            } else {
                segment = rest.head().toString();
            }
        }
        segments.add(segment);
        return segments;
    }

    /// A path does not take the method.
    static final class OtherMethod extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient Set<String> allowed;

        OtherMethod(Set<String> allowed) {
            super("another method", null, false, false);
            this.allowed = new TreeSet<>(allowed);
        }

        Answer answer() {
            return Problem.of(ErrorCode.METHOD_NOT_ALLOWED, "method: expected one of " + allowed)
                    .answer()
                    .header("Allow", String.join(", ", allowed));
        }
    }
}
