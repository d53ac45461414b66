-- A sync of all leagues of a user is a run of no single league.
ALTER TABLE sync_run ALTER COLUMN league_id DROP NOT NULL;

-- Which seasons are recorded in full.
CREATE SCHEMA read_seasons;

CREATE TABLE read_seasons.season (
    league_id   text COLLATE "C" PRIMARY KEY,
    season      text,
    covers      text[]           NOT NULL,
    archived_at timestamptz      NOT NULL
);

CREATE TABLE read_seasons.touched (
    subject     text COLLATE "C" PRIMARY KEY,
    position    bigint           NOT NULL,
    observed_at timestamptz      NOT NULL
);
