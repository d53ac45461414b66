-- The players added and dropped most over all leagues at Sleeper, most first.
CREATE SCHEMA read_trending;

CREATE TABLE read_trending.player (
    trend     text COLLATE "C",  -- add or drop
    place     bigint,            -- from 1
    player_id text COLLATE "C" NOT NULL,
    count     bigint           NOT NULL,
    PRIMARY KEY (trend, place)
);

CREATE TABLE read_trending.touched (
    subject     text COLLATE "C" PRIMARY KEY,
    position    bigint           NOT NULL,
    observed_at timestamptz      NOT NULL
);

-- What Sleeper serves and does not document. `week` 0 is the whole season.
CREATE SCHEMA read_feeds;

CREATE TABLE read_feeds.stats (
    season      text COLLATE "C",
    season_type text COLLATE "C",
    week        bigint,
    player_id   text COLLATE "C",
    team        text,
    opponent    text,
    game_id     text COLLATE "C",
    date        text,
    stats       jsonb NOT NULL,  -- every key that Sleeper sends
    PRIMARY KEY (season, season_type, week, player_id)
);
CREATE INDEX stats_by_player ON read_feeds.stats (player_id, season, season_type, week);

CREATE TABLE read_feeds.projections (
    season      text COLLATE "C",
    season_type text COLLATE "C",
    week        bigint,
    player_id   text COLLATE "C",
    team        text,
    opponent    text,
    game_id     text COLLATE "C",
    date        text,
    stats       jsonb NOT NULL,
    PRIMARY KEY (season, season_type, week, player_id)
);
CREATE INDEX projections_by_player ON read_feeds.projections (player_id, season, season_type, week);

CREATE TABLE read_feeds.research (
    season      text COLLATE "C",
    season_type text COLLATE "C",
    week        bigint,
    player_id   text COLLATE "C",
    team        text,
    opponent    text,
    game_id     text COLLATE "C",
    date        text,
    stats       jsonb NOT NULL,  -- owned and started, in per cent
    PRIMARY KEY (season, season_type, week, player_id)
);
CREATE INDEX research_by_player ON read_feeds.research (player_id, season, season_type, week);

CREATE TABLE read_feeds.game (
    season      text COLLATE "C",
    season_type text COLLATE "C",
    week        bigint,
    game_id     text COLLATE "C",
    status      text,            -- pre_game, in_game, complete or canceled
    date        text,
    home        text,
    away        text,
    PRIMARY KEY (season, season_type, week, game_id)
);

CREATE TABLE read_feeds.touched (
    subject     text COLLATE "C" PRIMARY KEY,
    position    bigint           NOT NULL,
    observed_at timestamptz      NOT NULL
);
