package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventsTest {
    private final List<String> heard = new ArrayList<>();
    private final Events events = new Events((event, data) -> heard.add(event + "|" + data));

    @Test
    void readsNamesDataAndComments() {
        List.of(
                        ": begun",
                        "",
                        "data: one",
                        "",
                        "event: dropped",
                        "data:two",
                        "data:  lines",
                        "id: 7",
                        "",
                        "",
                        "event: nothing",
                        "",
                        "data",
                        "data: x",
                        "",
                        "data: not whole")
                .forEach(events::take);

        assertThat(heard).containsExactly("message|one", "dropped|two\n lines", "message|\nx");
    }
}
