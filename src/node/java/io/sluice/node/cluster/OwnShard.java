package io.sluice.node.cluster;

import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.apache.pekko.cluster.sharding.typed.ShardingMessageExtractor;

/// Makes each entity a shard of its own. For those that are few and heavy: by hash two of them could share a shard, and
/// so a node, by chance.
///
/// @param <C> what the entities are told
public final class OwnShard<C> extends ShardingMessageExtractor<ShardingEnvelope<C>, C> {
    @Override
    public String entityId(ShardingEnvelope<C> envelope) {
        return envelope.entityId();
    }

    @Override
    public String shardId(String entityId) {
        return entityId;
    }

    @Override
    public C unwrapMessage(ShardingEnvelope<C> envelope) {
        return envelope.message();
    }
}
