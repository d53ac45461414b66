-- The log: three tables and the one function that writes them.
--
-- Names compare byte by byte (COLLATE "C"): it is faster, a range is a prefix, and an upgrade of the
-- system's locale library does not corrupt an index.

-- One row. Its lock is the writer lock; its value is the last position, so positions have no holes and are
-- in commit order: whoever read N has read everything below N. Room in the page keeps its updates HOT.
CREATE TABLE log_head (
    one         boolean     PRIMARY KEY DEFAULT true CHECK (one),
    position    bigint      NOT NULL DEFAULT 0,
    recorded_at timestamptz NOT NULL DEFAULT 'epoch'
) WITH (fillfactor = 10);

INSERT INTO log_head DEFAULT VALUES;

CREATE TABLE stream (
    version   bigint           NOT NULL CHECK (version >= 1),
    stream_id text COLLATE "C" PRIMARY KEY
) WITH (fillfactor = 70);

-- Columns are in the order of their alignment, widest first: no padding.
CREATE TABLE event (
    position       bigint           NOT NULL PRIMARY KEY CHECK (position >= 1),
    version        bigint           NOT NULL CHECK (version >= 1),
    recorded_at    timestamptz      NOT NULL,
    occurred_at    timestamptz      NOT NULL,
    observed_at    timestamptz      NOT NULL,
    event_id       uuid             NOT NULL,
    schema_version smallint         NOT NULL,
    stream_id      text COLLATE "C" NOT NULL,
    category       text COLLATE "C" NOT NULL GENERATED ALWAYS AS (split_part(stream_id, '-', 1)) STORED,
    type           text COLLATE "C" NOT NULL,
    topic          text COLLATE "C" NOT NULL,
    data           bytea            NOT NULL,  -- JSON as it was encoded: nothing parses it on its way
    metadata       jsonb            NOT NULL,  -- correlation_id, causation_id, traceparent
    CONSTRAINT event_stream_version UNIQUE (stream_id, version),
    CONSTRAINT event_event_id UNIQUE (event_id)
) WITH (
    -- Rows are only ever added. Vacuum early, so that few pages are left to freeze at once, and keep the
    -- statistics close to a table that grows at one end.
    autovacuum_vacuum_insert_scale_factor = 0.05,
    autovacuum_analyze_scale_factor = 0.02
);

CREATE INDEX event_category_position ON event (category, position);
CREATE INDEX event_type_position ON event (type, position);
CREATE INDEX event_topic_position ON event (topic, position);
CREATE INDEX event_recorded_at ON event USING brin (recorded_at) WITH (autosummarize = on);

COMMENT ON COLUMN event.recorded_at IS 'when it was appended; never decreases along the log';
COMMENT ON COLUMN event.occurred_at IS 'when it happened, where Sleeper tells; else when it was observed';

-- History is not rewritten, whoever asks: the triggers fire for superusers and under replication too.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % refused: the event log is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'GF003', HINT = 'Append an event that corrects the earlier one.';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE event ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER keep_head BEFORE DELETE OR TRUNCATE ON log_head
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE log_head ENABLE ALWAYS TRIGGER keep_head;

-- Append the events of any number of independent commands in one round trip.
--
--   w_…  one element per write: the number of its command (the writes of a command stand or fall together),
--        the stream, and the version expected of it: n exactly, 0 for no stream, -1 for any
--   e_…  one element per event: the number of its write (from 1), and its columns; the events of a stream
--        are recorded in the order given
--
-- One row comes back per write. `outcome` says what became of it:
--   appended   last_version and last_position are those of the write's last event
--   replayed   every event id of the command was in the log already: the old places, nothing written
--   partly     some ids of the command were in the log, others not: nothing written
--   conflict   the stream is at last_version, not at the expected one: nothing written
--   withheld   another write of the command was in conflict: nothing written
-- A command that is refused draws no position and leaves the others of the call alone.
--
-- The caller sees to it that within one call
--   * a stream with an expected version is in one write only (GF001 otherwise): versions are checked
--     against what was there before the call. Writes that expect any version may share a stream;
--   * an event id is there once only (a unique violation otherwise).
--
-- The plans are generic and may not scan the tables: a plan made while the log was empty is kept by its
-- connection, and would read the whole log under the writer lock when it no longer is.
CREATE FUNCTION append_events(
    w_command  int[],
    w_stream   text[],
    w_expected bigint[],
    e_write    int[],
    e_id       uuid[],
    e_type     text[],
    e_schema   smallint[],
    e_topic    text[],
    e_occurred timestamptz[],
    e_observed timestamptz[],
    e_data     bytea[],
    e_metadata jsonb[]
) RETURNS TABLE (write int, outcome text, last_version bigint, last_position bigint)
LANGUAGE plpgsql
SET search_path = public, pg_temp
SET enable_seqscan = off
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    head     bigint;
    moment   timestamptz;
    replayed int[] := '{}';
    partly   int[] := '{}';
    refused  int[];
BEGIN
    -- First the lock, as a statement of its own: the snapshot of every later statement is then newer than
    -- the lock, and sees all that earlier holders committed.
    SELECT h.position, greatest(h.recorded_at, clock_timestamp()) INTO head, moment
    FROM log_head h FOR UPDATE;

    IF cardinality(w_stream) > 1 AND EXISTS (
        SELECT FROM unnest(w_stream, w_expected) AS w(stream, expected)
        GROUP BY w.stream HAVING count(*) > 1 AND max(w.expected) >= 0
    ) THEN
        RAISE EXCEPTION 'a stream with an expected version is written twice in one call'
            USING ERRCODE = 'GF001';
    END IF;

    IF EXISTS (SELECT FROM event WHERE event_id = ANY (e_id)) THEN
        SELECT coalesce(array_agg(c.command) FILTER (WHERE c.known = c.events), '{}'),
               coalesce(array_agg(c.command) FILTER (WHERE c.known < c.events), '{}')
        INTO replayed, partly
        FROM (
            SELECT w_command[e.write] AS command, count(*) AS events, count(old.event_id) AS known
            FROM unnest(e_write, e_id) AS e(write, id) LEFT JOIN event old ON old.event_id = e.id
            GROUP BY 1
        ) AS c
        WHERE c.known > 0;
    END IF;

    -- A retry is recognised before versions are looked at: its own first try has moved them.
    refused := replayed || partly;
    refused := refused || ARRAY (
        SELECT w.command
        FROM unnest(w_command, w_stream, w_expected) AS w(command, stream, expected)
        LEFT JOIN stream s ON s.stream_id = w.stream
        WHERE w.expected >= 0 AND w.expected <> coalesce(s.version, 0)
          AND NOT EXISTS (SELECT FROM unnest(refused) AS r(command) WHERE r.command = w.command)
    );

    -- Position and version are numbered over what is written, and the head moves to the last of them:
    -- whatever was refused, neither can have a hole.
    RETURN QUERY
    WITH accepted AS (
        SELECT w.write::int, w.stream, coalesce(s.version, 0) AS version,
               min(w.write) OVER (PARTITION BY w.stream) AS lane
        FROM unnest(w_command, w_stream) WITH ORDINALITY AS w(command, stream, write)
        LEFT JOIN stream s ON s.stream_id = w.stream
        WHERE NOT EXISTS (SELECT FROM unnest(refused) AS r(command) WHERE r.command = w.command)
    ), fresh AS (
        SELECT head + row_number() OVER (ORDER BY e.nth) AS position,
               a.version + row_number() OVER (PARTITION BY a.lane ORDER BY e.nth) AS version,
               a.write, a.stream,
               e.id, e.type, e.schema, e.topic, e.occurred, e.observed, e.data, e.metadata
        FROM unnest(e_write, e_id, e_type, e_schema, e_topic, e_occurred, e_observed, e_data, e_metadata)
             WITH ORDINALITY
             AS e(write, id, type, schema, topic, occurred, observed, data, metadata, nth)
        JOIN accepted a ON a.write = e.write
    ), drawn AS (
        UPDATE log_head SET position = (SELECT max(f.position) FROM fresh f), recorded_at = moment
        WHERE EXISTS (SELECT FROM fresh)
    ), grown AS (
        INSERT INTO stream (stream_id, version)
        SELECT f.stream, max(f.version) FROM fresh f GROUP BY f.stream
        ON CONFLICT (stream_id) DO UPDATE SET version = excluded.version
    ), recorded AS (
        INSERT INTO event (position, version, recorded_at, occurred_at, observed_at, event_id,
                           schema_version, stream_id, type, topic, data, metadata)
        SELECT f.position, f.version, moment, f.occurred, f.observed, f.id,
               f.schema, f.stream, f.type, f.topic, f.data, f.metadata
        FROM fresh f
    )
    SELECT f.write, 'appended', max(f.version), max(f.position) FROM fresh f GROUP BY f.write;

    IF FOUND THEN
        PERFORM pg_notify('gamefilm_log', h.position::text) FROM log_head h;
    END IF;

    IF cardinality(refused) > 0 THEN
        RETURN QUERY
        WITH place AS (
            SELECT e.write, max(old.version) AS version, max(old.position) AS position
            FROM unnest(e_write, e_id) AS e(write, id) JOIN event old ON old.event_id = e.id
            GROUP BY e.write
        )
        SELECT w.write::int,
               CASE WHEN w.command = ANY (replayed) THEN 'replayed'
                    WHEN w.command = ANY (partly) THEN 'partly'
                    WHEN w.expected >= 0 AND w.expected <> coalesce(s.version, 0) THEN 'conflict'
                    ELSE 'withheld' END,
               coalesce(p.version, s.version, 0), p.position
        FROM unnest(w_command, w_stream, w_expected) WITH ORDINALITY AS w(command, stream, expected, write)
        LEFT JOIN place p ON p.write = w.write
        LEFT JOIN stream s ON s.stream_id = w.stream
        WHERE EXISTS (SELECT FROM unnest(refused) AS r(command) WHERE r.command = w.command);
    END IF;
END $$;

-- How far each projection has read the log. `version` is that of its tables.
CREATE TABLE projection_checkpoint (
    position   bigint      NOT NULL DEFAULT 0 CHECK (position >= 0),
    updated_at timestamptz NOT NULL DEFAULT now(),
    version    int         NOT NULL,
    name       text        PRIMARY KEY
) WITH (fillfactor = 50);

-- Bodies of Sleeper's that did not decode, for diagnosis.
CREATE TABLE rejected_body (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    observed_at  timestamptz NOT NULL,
    url          text        NOT NULL,
    field        text        NOT NULL,
    reason       text        NOT NULL,
    content_type text        NOT NULL,
    body         bytea       NOT NULL
);

CREATE TABLE sync_run (
    started_at  timestamptz NOT NULL,
    finished_at timestamptz,
    id          uuid        PRIMARY KEY,
    league_id   text        NOT NULL,
    sync_type   text        NOT NULL,
    status      text        NOT NULL CHECK (status IN ('running', 'done', 'failed', 'interrupted')),
    result      jsonb
);
