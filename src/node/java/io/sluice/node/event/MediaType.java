package io.sluice.node.event;

/// What a content type says about its data. Parameters such as a charset are looked past.
public final class MediaType {
    private MediaType() {}

    /// `…/json` or `…+json`.
    public static boolean isJson(String contentType) {
        var end = end(contentType);
        return endsWith(contentType, end, "/json") || endsWith(contentType, end, "+json");
    }

    /// `text/…`.
    public static boolean isText(String contentType) {
        return startsWith(contentType, "text/");
    }

    /// A whole CloudEvent in one document, `application/cloudevents…`.
    public static boolean isCloudEvent(String contentType) {
        return startsWith(contentType, "application/cloudevents");
    }

    /// Several CloudEvents in one document, `application/cloudevents-batch…`.
    public static boolean isCloudEventBatch(String contentType) {
        return startsWith(contentType, "application/cloudevents-batch");
    }

    private static int end(String contentType) {
        var end = contentType.indexOf(';');
        end = end < 0 ? contentType.length() : end;
        while (end > 0 && contentType.charAt(end - 1) == ' ') {
            end--;
        }
        return end;
    }

    private static boolean startsWith(String text, String start) {
        return text.regionMatches(true, 0, start, 0, start.length());
    }

    private static boolean endsWith(String text, int end, String last) {
        return text.regionMatches(true, end - last.length(), last, 0, last.length());
    }
}
