package io.sluice.node.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.node.mqtt.Places.Place;
import java.util.Collections;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PlacesTest {
    private final Places places = new Places(2);

    @Test
    void givesEachPlaceOnce() {
        var given = Stream.generate(places::take).limit(3 + Places.DOORSTEP_MAX).toList();

        assertThat(given).startsWith(Place.INSIDE, Place.INSIDE, Place.DOORSTEP).endsWith(Place.NONE);
        assertThat(Collections.frequency(given, Place.DOORSTEP)).isEqualTo(Places.DOORSTEP_MAX);
    }

    @Test
    void keepsNobodyOutForThoseOnTheDoorstep() {
        var given = Stream.generate(places::take).limit(3 + Places.DOORSTEP_MAX).toList();

        places.leave(given.getFirst());
        places.leave(given.getLast());

        assertThat(places.take()).isEqualTo(Place.INSIDE);
        assertThat(places.take()).isEqualTo(Place.NONE);
        places.leave(Place.DOORSTEP);
        assertThat(places.take()).isEqualTo(Place.DOORSTEP);
    }
}
