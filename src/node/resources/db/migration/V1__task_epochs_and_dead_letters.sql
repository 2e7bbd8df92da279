-- Runs on H2 and PostgreSQL. ${bytes} is each one's type for bytes without a length: BLOB, BYTEA.

-- The last owner generation handed out for each task.
CREATE TABLE task_epochs (
    integration VARCHAR(64) NOT NULL,
    task        INTEGER     NOT NULL,
    epoch       BIGINT      NOT NULL,
    PRIMARY KEY (integration, task)
);

-- What Kafka will never take, for a person to look at. A message that comes again is counted, not kept twice.
CREATE TABLE dead_letters (
    id               BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    integration      VARCHAR(64)   NOT NULL,
    arrival_id       VARCHAR(1024) NOT NULL,
    times            INTEGER       NOT NULL DEFAULT 1,
    task             INTEGER       NOT NULL,
    topic            TEXT          NOT NULL,
    client_id        TEXT          NOT NULL,
    username         TEXT          NOT NULL,
    certificate_name TEXT          NOT NULL,
    qos              INTEGER       NOT NULL,
    retain           BOOLEAN       NOT NULL,
    properties       TEXT          NOT NULL,
    payload          ${bytes}      NOT NULL,
    subject          TEXT          NOT NULL,
    reason           TEXT          NOT NULL,
    error            TEXT          NOT NULL,
    received_at      TIMESTAMP WITH TIME ZONE NOT NULL,
    parked_at        TIMESTAMP WITH TIME ZONE NOT NULL,
    UNIQUE (integration, arrival_id)
);

CREATE INDEX dead_letters_by_integration ON dead_letters (integration, id);
