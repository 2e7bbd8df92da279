#!/bin/bash
# kafka-2 has id 2. A new volume is formatted, an old one left alone.
set -euo pipefail
id=${HOSTNAME##*-}
cp /etc/kafka/conf/server.properties /tmp/server.properties
cat >>/tmp/server.properties <<P
node.id=$id
advertised.listeners=PLAINTEXT://$HOSTNAME.kafka:9092
P
/opt/kafka/bin/kafka-storage.sh format --ignore-formatted --cluster-id "$CLUSTER_ID" --config /tmp/server.properties
exec /opt/kafka/bin/kafka-server-start.sh /tmp/server.properties
