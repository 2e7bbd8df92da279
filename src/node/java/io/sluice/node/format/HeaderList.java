package io.sluice.node.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/// Headers of the record in the making; the list is used again for the next. Not for several threads.
final class HeaderList implements Iterable<Header> {
    private Header[] headers = new Header[32];
    private int size;

    void clear() {
        size = 0;
    }

    void add(Header header) {
        if (size == headers.length) {
            headers = Arrays.copyOf(headers, 2 * size);
        }
        headers[size++] = header;
    }

    void add(String name, String value) {
        add(header(name, value));
    }

    static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(UTF_8));
    }

    @Override
    public Iterator<Header> iterator() {
        return new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return next < size;
            }

            @Override
            public Header next() {
                if (next >= size) {
                    throw new NoSuchElementException();
                }
                return headers[next++];
            }
        };
    }
}
