-- Sessions of people who logged in with a password. What a browser holds is not here, only its SHA-256.
CREATE TABLE sessions (
    id      CHAR(64)    NOT NULL PRIMARY KEY,
    name    VARCHAR(64) NOT NULL,
    stamp   CHAR(64)    NOT NULL,
    expires TIMESTAMP WITH TIME ZONE NOT NULL
);

CREATE INDEX sessions_of_user ON sessions (name);
CREATE INDEX sessions_by_end ON sessions (expires);
