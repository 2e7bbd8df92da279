package io.sluice.node.bridge;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttClientExecutorConfig;
import com.hivemq.client.mqtt.MqttClientTransportConfig;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.lifecycle.MqttClientConnectedListener;
import com.hivemq.client.mqtt.lifecycle.MqttClientDisconnectedListener;
import com.hivemq.client.mqtt.mqtt3.Mqtt3AsyncClient;
import com.hivemq.client.mqtt.mqtt3.exceptions.Mqtt3SubAckException;
import com.hivemq.client.mqtt.mqtt3.message.connect.Mqtt3Connect;
import com.hivemq.client.mqtt.mqtt3.message.connect.Mqtt3ConnectRestrictions;
import com.hivemq.client.mqtt.mqtt3.message.subscribe.Mqtt3Subscribe;
import com.hivemq.client.mqtt.mqtt3.message.subscribe.Mqtt3Subscription;
import com.hivemq.client.mqtt.mqtt3.message.subscribe.suback.Mqtt3SubAckReturnCode;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5SubAckException;
import com.hivemq.client.mqtt.mqtt5.message.connect.Mqtt5Connect;
import com.hivemq.client.mqtt.mqtt5.message.connect.Mqtt5ConnectRestrictions;
import com.hivemq.client.mqtt.mqtt5.message.subscribe.Mqtt5RetainHandling;
import com.hivemq.client.mqtt.mqtt5.message.subscribe.Mqtt5Subscribe;
import com.hivemq.client.mqtt.mqtt5.message.subscribe.Mqtt5Subscription;
import com.hivemq.client.mqtt.mqtt5.message.subscribe.suback.Mqtt5SubAckReasonCode;
import io.netty.channel.EventLoopGroup;
import io.reactivex.schedulers.Schedulers;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// The client library, one face for both versions of MQTT. Good for one connection: a client that connects again
/// forgets who takes its messages when the broker lost the session, and acknowledges them all the same.
interface Client {
    /// Whether the broker had our session.
    CompletableFuture<Boolean> connect();

    /// The broker's answer for each filter, in their order: the QoS it granted, 128 and above if it refused.
    CompletableFuture<List<Grant>> subscribe();

    /// Says good-bye; the session stays.
    CompletableFuture<Void> disconnect();

    /// @param reason the broker's word for it
    record Grant(int code, String reason) {
        boolean isRefusal() {
            return code >= 0x80;
        }
    }

    /// What happens to a connection. All on its event loop.
    interface Ear extends MqttClientConnectedListener, MqttClientDisconnectedListener {
        /// @param acknowledge does nothing for QoS 0
        void onMessage(Runnable acknowledge);
    }

    Executor AT_ONCE = Runnable::run;

    /// Reads PEM files: may block.
    ///
    /// @param loops one event loop, which outlives the client
    static Client make(BridgeSettings settings, InetSocketAddress address, EventLoopGroup loops, Ear ear) {
        var timeout = settings.connectTimeout().toMillis();
        var transport = MqttClientTransportConfig.builder()
                .serverAddress(address)
                .socketConnectTimeout(timeout, TimeUnit.MILLISECONDS)
                .mqttConnectTimeout(timeout, TimeUnit.MILLISECONDS)
                .sslConfig(settings.tls()
                        .map(tls -> PemTls.config(tls, settings.connectTimeout()))
                        .orElse(null))
                .build();
        var builder = MqttClient.builder()
                .identifier(settings.clientId())
                .transportConfig(transport)
                .executorConfig(MqttClientExecutorConfig.builder()
                        .nettyExecutor(loops)
                        .applicationScheduler(Schedulers.from(AT_ONCE))
                        .build())
                .addConnectedListener(ear)
                .addDisconnectedListener(ear);
        return settings.five()
                ? new Five(builder.useMqttVersion5().buildAsync(), settings, ear::onMessage)
                : new Three(builder.useMqttVersion3().buildAsync(), settings, ear::onMessage);
    }

    private static byte[] bytes(BridgeSettings settings) {
        return settings.password().reveal().getBytes(StandardCharsets.UTF_8);
    }

    private static MqttQos qos(int code) {
        return switch (code) {
            case 0 -> MqttQos.AT_MOST_ONCE;
            case 1 -> MqttQos.AT_LEAST_ONCE;
            default -> MqttQos.EXACTLY_ONCE;
        };
    }

    private static <T extends Throwable> T cause(Throwable failure, Class<T> wanted) {
        var cause = failure instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : failure;
        if (wanted.isInstance(cause)) {
            return wanted.cast(cause);
        }
        throw new CompletionException(cause);
    }

    private static Mqtt5ConnectRestrictions restrictions(BridgeSettings settings) {
        // no receive maximum: Mosquitto 2.0 oversteps it once it was acknowledged something, and the library would end
        // the connection each time; reading is stopped instead
        return Mqtt5ConnectRestrictions.builder()
                .maximumPacketSize(settings.packetMax())
                .build();
    }

    /// MQTT 5.
    final class Five implements Client {
        private final Mqtt5AsyncClient client;
        private final BridgeSettings settings;

        private Five(Mqtt5AsyncClient client, BridgeSettings settings, Consumer<Runnable> taker) {
            this.client = client;
            this.settings = settings;
            client.publishes(MqttGlobalPublishFilter.ALL, publish -> taker.accept(publish::acknowledge), AT_ONCE, true);
        }

        @Override
        public CompletableFuture<Boolean> connect() {
            var connect = Mqtt5Connect.builder()
                    .cleanStart(false)
                    .sessionExpiryInterval(settings.sessionExpiry().toSeconds())
                    .keepAlive((int) settings.keepAlive().toSeconds())
                    .restrictions(restrictions(settings));
            if (!settings.user().isEmpty()) {
                var auth = connect.simpleAuth().username(settings.user());
                connect = settings.password().isEmpty()
                        ? auth.applySimpleAuth()
                        : auth.password(bytes(settings)).applySimpleAuth();
            }
            return client.connect(connect.build()).thenApply(answer -> answer.isSessionPresent());
        }

        @Override
        public CompletableFuture<List<Grant>> subscribe() {
            var subscriptions = settings.filters().entrySet().stream()
                    .map(filter -> Mqtt5Subscription.builder()
                            .topicFilter(settings.subscription(filter.getKey()))
                            .qos(qos(filter.getValue()))
                            .retainAsPublished(true)
                            .retainHandling(Mqtt5RetainHandling.SEND_IF_SUBSCRIPTION_DOES_NOT_EXIST)
                            .build())
                    .toList();
            return client.subscribe(Mqtt5Subscribe.builder()
                            .addSubscriptions(subscriptions)
                            .build())
                    .exceptionally(failure ->
                            cause(failure, Mqtt5SubAckException.class).getMqttMessage())
                    .thenApply(answer ->
                            answer.getReasonCodes().stream().map(Five::grant).toList());
        }

        private static Grant grant(Mqtt5SubAckReasonCode code) {
            return new Grant(code.getCode(), code.toString());
        }

        @Override
        public CompletableFuture<Void> disconnect() {
            return client.disconnect();
        }
    }

    /// MQTT 3.1.1.
    final class Three implements Client {
        private final Mqtt3AsyncClient client;
        private final BridgeSettings settings;

        private Three(Mqtt3AsyncClient client, BridgeSettings settings, Consumer<Runnable> taker) {
            this.client = client;
            this.settings = settings;
            client.publishes(MqttGlobalPublishFilter.ALL, publish -> taker.accept(publish::acknowledge), AT_ONCE, true);
        }

        @Override
        public CompletableFuture<Boolean> connect() {
            var connect = Mqtt3Connect.builder()
                    .cleanSession(false)
                    .keepAlive((int) settings.keepAlive().toSeconds())
                    // one object restricts both versions; the face of 3.1.1 has no packet size
                    .restrictions((Mqtt3ConnectRestrictions) restrictions(settings));
            if (!settings.user().isEmpty()) {
                var auth = connect.simpleAuth().username(settings.user());
                connect = settings.password().isEmpty()
                        ? auth.applySimpleAuth()
                        : auth.password(bytes(settings)).applySimpleAuth();
            }
            return client.connect(connect.build()).thenApply(answer -> answer.isSessionPresent());
        }

        @Override
        public CompletableFuture<List<Grant>> subscribe() {
            var subscriptions = settings.filters().entrySet().stream()
                    .map(filter -> Mqtt3Subscription.builder()
                            .topicFilter(filter.getKey())
                            .qos(qos(filter.getValue()))
                            .build())
                    .toList();
            return client.subscribe(Mqtt3Subscribe.builder()
                            .addSubscriptions(subscriptions)
                            .build())
                    .exceptionally(failure ->
                            cause(failure, Mqtt3SubAckException.class).getMqttMessage())
                    .thenApply(answer ->
                            answer.getReturnCodes().stream().map(Three::grant).toList());
        }

        private static Grant grant(Mqtt3SubAckReturnCode code) {
            return new Grant(code.getCode(), code.toString());
        }

        @Override
        public CompletableFuture<Void> disconnect() {
            return client.disconnect();
        }
    }
}
