package io.sluice.node.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// What a person reads: the description of the API as a document and as a page, and a page for each error.
/// Needs no login, for it is the same everywhere.
final class Pages {
    private static final String HTML = "text/html; charset=UTF-8";
    private static final String WEBJAR = "/META-INF/resources/webjars/swagger-ui/5.29.3/";
    private static final Map<String, String> ASSETS = Map.of(
            "swagger-ui-bundle.js", "text/javascript; charset=UTF-8",
            "swagger-ui.css", "text/css; charset=UTF-8",
            "favicon-32x32.png", "image/png");
    private static final String DOCS = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="UTF-8">
            <title>Sluice API</title>
            <link rel="stylesheet" href="/docs/swagger-ui.css">
            <link rel="icon" href="/docs/favicon-32x32.png">
            </head>
            <body>
            <div id="api"></div>
            <script src="/docs/swagger-ui-bundle.js"></script>
            <script src="/docs/start.js"></script>
            </body>
            </html>
            """;
    private static final String START =
            "SwaggerUIBundle({url: '/openapi.yaml', dom_id: '#api', deepLinking: true, tryItOutEnabled: true});\n";

    private final Map<String, Answer> pages = new LinkedHashMap<>();

    Pages(Contract contract) {
        pages.put("/openapi.yaml", page("application/yaml", contract.source()));
        pages.put("/docs", page(HTML, DOCS.getBytes(UTF_8)));
        pages.put("/docs/start.js", page("text/javascript; charset=UTF-8", START.getBytes(UTF_8)));
        ASSETS.forEach((name, type) -> pages.put("/docs/" + name, page(type, asset(name))));
        pages.put("/problems", page(HTML, problems(Stream.of(ErrorCode.values()))));
        for (var code : ErrorCode.values()) {
            pages.put("/problems/" + code.code(), page(HTML, problems(Stream.of(code))));
        }
        pages.put("/", new Answer(302, "", new byte[0], List.of(new Answer.Header("Location", "/docs"))));
    }

    Optional<Answer> find(String path) {
        return Optional.ofNullable(pages.get(path));
    }

    private static Answer page(String type, byte[] body) {
        return Answer.text(type, body)
                .header("Cache-Control", "public, max-age=3600")
                .header(
                        "Content-Security-Policy",
                        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'");
    }

    private static byte[] problems(Stream<ErrorCode> codes) {
        var html = new StringBuilder("""
                <!DOCTYPE html>
                <html lang="en"><meta charset="UTF-8"><title>Sluice: problems</title>
                <style>body{font:16px/1.5 sans-serif;max-width:45em;margin:2em auto;padding:0 1em}</style>
                """);
        codes.forEach(code -> html.append("<h2><code>%s</code> (%d)</h2>\n<p>%s.</p>\n<p>%s</p>\n"
                .formatted(code.code(), code.status(), escaped(code.title()), escaped(code.cure()))));
        return html.append("<p><a href=\"/problems\">All problems</a>, <a href=\"/docs\">the API</a></p>\n</html>\n")
                .toString()
                .getBytes(UTF_8);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static byte[] asset(String name) {
        try (var in = Pages.class.getResourceAsStream(WEBJAR + name)) {
            if (in == null) {
                throw new IllegalStateException(WEBJAR + name + ": expected on the class path, was not");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
