package io.sluice.node.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5DisconnectException;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5Disconnect;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5DisconnectReasonCode;
import java.net.UnknownHostException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class LinkEndTest {

    private static LinkEnd said(Mqtt5DisconnectReasonCode code) {
        return LinkEnd.of(new Mqtt5DisconnectException(
                Mqtt5Disconnect.builder().reasonCode(code).build(), "Server sent DISCONNECT."));
    }

    @Test
    void knowsWhenSomebodyTookTheClientId() {
        assertThat(said(Mqtt5DisconnectReasonCode.SESSION_TAKEN_OVER).outcome()).isEqualTo("taken-over");
        assertThat(said(Mqtt5DisconnectReasonCode.SERVER_SHUTTING_DOWN))
                .isEqualTo(new LinkEnd("lost", "the connection was ended: SERVER_SHUTTING_DOWN (0x8b)"));
    }

    @Test
    void namesAHostThatIsNotKnown() {
        assertThat(LinkEnd.of(new CompletionException(new UnknownHostException("nowhere"))))
                .isEqualTo(new LinkEnd("unreachable", "no connection: unknown host nowhere"));
    }
}
