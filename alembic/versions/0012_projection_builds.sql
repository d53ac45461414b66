-- Read tables are made from the log, so no migration changes them any more: the service itself makes the tables of
-- the projectors that it knows, in a schema for each version of a projector, and fills them. What earlier releases
-- made goes; the log has it all.
DO $$
DECLARE
    old text;
BEGIN
    FOR old IN SELECT nspname FROM pg_namespace WHERE nspname LIKE 'read\_%' LOOP
        EXECUTE format('DROP SCHEMA %I CASCADE', old);
    END LOOP;
END $$;

DROP TABLE projection_checkpoint;

-- The rows of one version of a projection, and how far they have read the log: a schema each, `read_<name>_v<version>`
-- with `_next` or `_previous` behind it where they are not the ones that queries read.
CREATE TABLE projection_build (
    build      bigint      GENERATED ALWAYS AS IDENTITY UNIQUE,
    position   bigint      NOT NULL DEFAULT 0 CHECK (position >= 0),
    started_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    live_since timestamptz,
    version    int         NOT NULL,
    name       text        NOT NULL,
    slot       text        NOT NULL CHECK (slot IN ('live', 'next', 'previous', 'outgoing')),  -- the last inside a swap only
    PRIMARY KEY (name, version, slot)
) WITH (fillfactor = 50);

COMMENT ON COLUMN projection_build.live_since IS 'when queries began to read it';

-- Events that a build could not fold. What comes later in the same stream waits behind them.
CREATE TABLE dead_letter (
    build      bigint           NOT NULL REFERENCES projection_build (build) ON UPDATE CASCADE ON DELETE CASCADE,
    position   bigint           NOT NULL,
    failed_at  timestamptz      NOT NULL DEFAULT now(),
    attempts   int              NOT NULL DEFAULT 1,
    stream_id  text COLLATE "C" NOT NULL,
    event_type text             NOT NULL,
    error      text             NOT NULL,
    PRIMARY KEY (build, stream_id)
);

-- Events that an operator lets a projection go without, in every build of it.
CREATE TABLE skipped_event (
    position   bigint      NOT NULL,
    skipped_at timestamptz NOT NULL DEFAULT now(),
    projection text        NOT NULL,
    error      text        NOT NULL,
    PRIMARY KEY (projection, position)
);

-- Who does what of the things that one process does at a time. A lease that is not renewed runs out.
CREATE TABLE lease (
    expires_at timestamptz NOT NULL,
    what       text        PRIMARY KEY,
    owner      text        NOT NULL
) WITH (fillfactor = 50);

-- The processes that share such things, and which of them each could do.
CREATE TABLE lease_candidate (
    expires_at timestamptz NOT NULL,
    owner      text        PRIMARY KEY,
    offers     text[]      NOT NULL
) WITH (fillfactor = 50);

-- Take or renew leases, and return those that `me` holds now.
--
-- Who `joins` shares with the others that do: each thing is for that one of its candidates which has the highest
-- hash with it (rendezvous hashing), so that all agree without talking, and few things move when one comes or goes. What
-- is for another who lives is let go. Who does not join takes whatever is free, and keeps it while it asks.
CREATE FUNCTION hold_leases(me text, wanted text[], lifetime interval, joins boolean) RETURNS SETOF text
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
DECLARE
    mine text[] := wanted;
BEGIN
    -- One at a time: what one lets go another may take.
    PERFORM pg_advisory_xact_lock(hashtextextended('gamefilm leases', 0));
    DELETE FROM lease_candidate c WHERE c.expires_at < clock_timestamp();
    IF joins THEN
        INSERT INTO lease_candidate (owner, offers, expires_at) VALUES (me, wanted, clock_timestamp() + lifetime)
        ON CONFLICT (owner) DO UPDATE SET offers = excluded.offers, expires_at = excluded.expires_at;
        mine := ARRAY (
            SELECT w.what FROM unnest(wanted) AS w(what)
            WHERE me = (
                SELECT c.owner FROM lease_candidate c WHERE w.what = ANY (c.offers)
                ORDER BY md5(c.owner || w.what) DESC LIMIT 1
            )
        );
    END IF;
    DELETE FROM lease l WHERE l.owner = me AND l.what = ANY (wanted) AND NOT l.what = ANY (mine);
    RETURN QUERY
    INSERT INTO lease AS l (what, owner, expires_at)
    SELECT w.what, me, clock_timestamp() + lifetime FROM unnest(mine) AS w(what)
    ON CONFLICT (what) DO UPDATE SET owner = excluded.owner, expires_at = excluded.expires_at
    WHERE l.owner = excluded.owner OR l.expires_at < clock_timestamp()
    RETURNING l.what;
END $$;

-- Let leases go, all of them where a process leaves.
CREATE FUNCTION release_leases(me text, what_of_them text[]) RETURNS void
LANGUAGE sql
SET search_path = public, pg_temp
AS $$
    DELETE FROM lease_candidate WHERE owner = me AND what_of_them IS NULL;
    DELETE FROM lease WHERE owner = me AND (what_of_them IS NULL OR what = ANY (what_of_them));
$$;
