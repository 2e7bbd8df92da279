-- Runs on H2 and PostgreSQL. ${few_bytes} is each one's type for some hundred bytes: VARBINARY, BYTEA.

-- What happened to integrations, as their users are told. partition and offset are reserved words somewhere.
CREATE TABLE events (
    id              BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    happened_at     TIMESTAMP WITH TIME ZONE NOT NULL,
    node            VARCHAR(300)  NOT NULL,
    integration     VARCHAR(64)   NOT NULL,
    task            INTEGER       NOT NULL,
    kind            VARCHAR(16)   NOT NULL,
    what            VARCHAR(32)   NOT NULL,
    message         VARCHAR(4000) NOT NULL,
    topic           VARCHAR(1024),
    client_id       VARCHAR(1024),
    subject         VARCHAR(1024),
    arrival_id      VARCHAR(1024),
    kafka_partition INTEGER,
    kafka_offset    BIGINT
);

CREATE INDEX events_by_integration ON events (integration, id);
CREATE INDEX events_by_time ON events (happened_at);

-- What went through an integration on a node in a minute. A node that starts again within a minute adds rows to it. A
-- snapshot is written whole; one that is written again for want of an answer meets its key.
CREATE TABLE statistics (
    snapshot           BIGINT       NOT NULL,
    integration        VARCHAR(64)  NOT NULL,
    node               VARCHAR(300) NOT NULL,
    began_at           TIMESTAMP WITH TIME ZONE NOT NULL,
    routed             BIGINT       NOT NULL,
    routed_bytes       BIGINT       NOT NULL,
    delivered          BIGINT       NOT NULL,
    queued             BIGINT       NOT NULL,
    parked             BIGINT       NOT NULL,
    discarded          BIGINT       NOT NULL,
    failures           BIGINT       NOT NULL,
    resends            BIGINT       NOT NULL,
    lag_millis_max     BIGINT       NOT NULL,
    latency_micros_max BIGINT       NOT NULL,
    latencies          ${few_bytes} NOT NULL,
    PRIMARY KEY (snapshot, integration)
);

CREATE INDEX statistics_by_integration ON statistics (integration, began_at);
CREATE INDEX statistics_by_time ON statistics (began_at);
