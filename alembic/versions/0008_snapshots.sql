-- States of streams at some versions, so that a question about the past folds few events. They are derived:
-- deleting them costs time, nothing else. `shape` names what the state looks like; a release uses only its own.
CREATE TABLE snapshot (
    version     bigint           NOT NULL,
    position    bigint           NOT NULL,
    observed_at timestamptz      NOT NULL,  -- the latest observation that the state includes
    stream_id   text COLLATE "C" NOT NULL,
    shape       text COLLATE "C" NOT NULL,
    state       bytea            NOT NULL,  -- JSON
    PRIMARY KEY (stream_id, version)
);
