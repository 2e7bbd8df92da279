-- Where integrations have, or had, a queue that may hold something.
CREATE TABLE integration_queues (
    integration VARCHAR(64) NOT NULL,
    broker VARCHAR(255) NOT NULL,
    topic VARCHAR(255) NOT NULL,
    lanes BIGINT NOT NULL,
    distribution VARCHAR(64) NOT NULL,
    turn BIGINT NOT NULL,
    PRIMARY KEY (integration, broker, topic)
);
