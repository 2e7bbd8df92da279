package io.sluice.node.catalog;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.sluice.node.cluster.ClusterMessage;

/// What somebody wants changed.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
@JsonSubTypes({
    @JsonSubTypes.Type(value = Change.Put.class, name = "put"),
    @JsonSubTypes.Type(value = Change.Remove.class, name = "remove")
})
public sealed interface Change extends ClusterMessage {
    Key key();

    /// What the caller takes the definition to be.
    Expected expected();

    /// @param definition JSON text
    record Put(Key key, String definition, Expected expected) implements Change {

        /// Without the definition, which may hold a hash.
        @Override
        public String toString() {
            return "Put[%s, %s]".formatted(key, expected);
        }
    }

    record Remove(Key key, Expected expected) implements Change {}

    /// The view on which a change was made; where another change came first it is refused.
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Anything.class, name = "anything"),
        @JsonSubTypes.Type(value = Absent.class, name = "absent"),
        @JsonSubTypes.Type(value = At.class, name = "at")
    })
    sealed interface Expected {}

    /// There or not, whatever it is.
    record Anything() implements Expected {}

    /// Not there, as `If-None-Match: *` says (RFC 9110 section 13.1.2).
    record Absent() implements Expected {}

    /// There, and last changed at a version, as `If-Match` says (RFC 9110 section 13.1.1).
    record At(long version) implements Expected {}
}
