-- The last owner generation handed out to a task of an integration. All its tasks share one row: a subject that moves to
-- another task meets a higher one there.
CREATE TABLE integration_epochs (
    integration VARCHAR(64) NOT NULL PRIMARY KEY,
    epoch       BIGINT      NOT NULL
);

INSERT INTO integration_epochs (integration, epoch)
SELECT integration, MAX(epoch) FROM task_epochs GROUP BY integration;

DROP TABLE task_epochs;
