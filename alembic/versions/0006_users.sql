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

-- Users, and which leagues and drafts they take part in.
CREATE SCHEMA read_users;

CREATE TABLE read_users.user (
    user_id      text COLLATE "C" PRIMARY KEY,
    username     text COLLATE "C",
    display_name text,
    avatar       text,
    is_bot       boolean,
    metadata     jsonb
);
CREATE INDEX user_by_name ON read_users.user (username);

CREATE TABLE read_users.user_league (
    user_id   text COLLATE "C",
    season    text COLLATE "C",
    league_id text COLLATE "C",
    since     timestamptz NOT NULL,
    PRIMARY KEY (user_id, season, league_id)
);

CREATE TABLE read_users.user_draft (
    user_id  text COLLATE "C",
    season   text COLLATE "C",
    draft_id text COLLATE "C",
    since    timestamptz NOT NULL,
    PRIMARY KEY (user_id, season, draft_id)
);

CREATE TABLE read_users.touched (
    subject     text COLLATE "C" PRIMARY KEY,
    position    bigint           NOT NULL,
    observed_at timestamptz      NOT NULL
);
