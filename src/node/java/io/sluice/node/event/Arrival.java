package io.sluice.node.event;

/// One message as an ingress received it. Never copied on its way: the payload array is handed on by reference and
/// must not be written to.
///
/// @param id          identifies the message; a repeat by the publisher carries the same id
/// @param topic       topic name, without wildcards
/// @param payload     application bytes, may be empty
/// @param qos         publisher's quality of service: 0, 1 or 2
/// @param retain      publisher's retain flag
/// @param duplicate   publisher's DUP flag (MQTT-3.3.1-1)
/// @param clientId    client identifier of the connection
/// @param username    authenticated user, empty if anonymous
/// @param certificateName common name of the client certificate, empty if there is none
/// @param receivedAt  wall clock of the ingress, milliseconds since the epoch
/// @param properties  MQTT 5 properties, [Properties#NONE] for 3.1.1
/// @param metadata    what integrations before this one noted, [Metadata#NONE] for what a publisher sent
public record Arrival(
        String id,
        String topic,
        byte[] payload,
        int qos,
        boolean retain,
        boolean duplicate,
        String clientId,
        String username,
        String certificateName,
        long receivedAt,
        Properties properties,
        Metadata metadata) {

    /// One that comes from a publisher.
    public Arrival(
            String id,
            String topic,
            byte[] payload,
            int qos,
            boolean retain,
            boolean duplicate,
            String clientId,
            String username,
            String certificateName,
            long receivedAt,
            Properties properties) {
        this(
                id,
                topic,
                payload,
                qos,
                retain,
                duplicate,
                clientId,
                username,
                certificateName,
                receivedAt,
                properties,
                Metadata.NONE);
    }

    /// The same message under another id, with other metadata.
    public Arrival with(String newId, Metadata newMetadata) {
        return new Arrival(
                newId,
                topic,
                payload,
                qos,
                retain,
                duplicate,
                clientId,
                username,
                certificateName,
                receivedAt,
                properties,
                newMetadata);
    }

    /// What this arrival holds in memory, in bytes: the payload, the texts that are its own (not those of its
    /// connection), and a flat charge for the objects around them.
    public int weight() {
        return payload.length
                + 2 * (id.length() + topic.length())
                + OVERHEAD_BYTES
                + properties.weight()
                + metadata.weight();
    }

    private static final int OVERHEAD_BYTES = 256;

    @Override
    public String toString() {
        return "Arrival[id=" + id + ", topic=" + topic + ", bytes=" + payload.length + "]";
    }
}
