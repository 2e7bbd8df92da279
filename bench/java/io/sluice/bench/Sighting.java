package io.sluice.bench;

/// One record as the reader saw it in the topic.
///
/// @param seenAt  when the consumer had it, microseconds since the epoch
/// @param key     empty if the record has none
/// @param id      `ce_id`, empty if absent
/// @param subject `ce_subject`, empty if absent
/// @param epoch   `sluice-epoch`, -1 if absent
record Sighting(
        int partition,
        long offset,
        long seenAt,
        Payload.Found found,
        String key,
        String id,
        String subject,
        long epoch) {}
