// Publishes COUNT messages at QoS over WebSocket and exits 0 once every one is acknowledged.
// usage: node publish.mjs URL PROTOCOL(4|5) QOS TOPIC CLIENT_ID COUNT
import mqtt from "mqtt";

const [url, protocol, qos, topic, clientId, count] = process.argv.slice(2);
const client = await mqtt.connectAsync(url, {
  protocolVersion: Number(protocol),
  clientId,
  clean: true,
  reconnectPeriod: 0,
  connectTimeout: 20_000,
});
for (let n = 0; n < Number(count); n++) {
  await client.publishAsync(topic, `${clientId}-${n}`, { qos: Number(qos) });
}
await client.endAsync();
console.log(`acknowledged ${count}`);
