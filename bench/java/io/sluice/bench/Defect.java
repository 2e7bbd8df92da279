package io.sluice.bench;

/// What can be wrong with a run, in the order a person should worry about it.
public enum Defect {
    /// Acknowledged, and not in the topic.
    LOST("acknowledged but not in Kafka"),
    /// Not in the topic although a later one of the device was acknowledged.
    HOLE("missing below an acknowledged one"),
    /// A first copy stands behind one of a later message.
    OUT_OF_ORDER("behind a later one of its device"),
    /// The device's records stand in more than one partition.
    TWO_PARTITIONS("device in two partitions"),
    /// Bytes differ from what was published.
    CORRUPT("damaged"),
    /// Nobody published it.
    INVENTED("published by nobody"),
    /// A copy more than the faults explain.
    REPEAT("repeated without cause"),
    /// A copy with another `ce_id`, so that nobody can tell it is one.
    REPEAT_OTHER_ID("repeated under another ce_id"),
    /// Two messages with one `ce_id`, so that a reader would drop the second.
    ID_SHARED("sharing its ce_id with another message"),
    /// The record key is not the device's.
    WRONG_KEY("under a wrong key"),
    /// The `ce_subject` is not the device's.
    WRONG_SUBJECT("under a wrong ce_subject"),
    /// `sluice-epoch` fell along a subject: an old owner wrote after a new one.
    EPOCH_FELL("written by an owner of the past"),
    /// Acknowledged before an earlier one of the device.
    ACK_OUT_OF_ORDER("acknowledged before an earlier one"),
    /// An acknowledgement that no message waited for: it might have met another message under the same packet id.
    ACK_UNASKED("acknowledgements that nothing waited for"),
    /// Refused with a reason of 0x80 or more, so that the device will not send it again.
    REFUSED("refused for good"),
    /// Never acknowledged although all was well again.
    NOT_DRAINED("still unacknowledged at the end"),
    /// Acknowledged while Kafka could not have it.
    ACK_WHILE_STOPPED("acknowledged while Kafka stood still"),
    /// Acknowledgements flowed again later than they must, or a device waited too long, or a node did not end in time.
    LATE("later than it must be"),
    /// The node's memory grew beyond its bound.
    MEMORY("memory beyond its bound"),
    /// At rest a node counts a message without an end, or with two.
    BOOKS("nodes whose counters do not add up");

    private final String text;

    Defect(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
