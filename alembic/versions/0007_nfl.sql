-- When endpoints that may be asked rarely were last observed: an answer without news leaves no event.
CREATE TABLE observation_time (
    observed_at timestamptz      NOT NULL,
    path        text COLLATE "C" PRIMARY KEY
);

COMMENT ON COLUMN event.data IS 'the event as JSON; from 32 KiB on compressed with zlib, which begins with 0x78';

CREATE SCHEMA read_nfl;

CREATE TABLE read_nfl.state (
    sport                text COLLATE "C" PRIMARY KEY,
    season               text,
    season_type          text,
    week                 bigint,
    leg                  bigint,
    display_week         bigint,
    league_season        text,
    league_create_season text,
    previous_season      text,
    season_start_date    text,
    season_has_scores    boolean
);

CREATE TABLE read_nfl.touched (
    subject     text COLLATE "C" PRIMARY KEY,
    position    bigint           NOT NULL,
    observed_at timestamptz      NOT NULL
);

CREATE SCHEMA read_players;

CREATE TABLE read_players.player (
    player_id            text COLLATE "C" PRIMARY KEY,
    name                 text             NOT NULL,
    first_name           text,
    last_name            text,
    full_name            text,
    position             text,
    fantasy_positions    text[],
    team                 text,
    status               text,
    active               boolean,
    number               bigint,
    age                  bigint,
    years_exp            bigint,
    height               text,
    weight               text,
    college              text,
    birth_date           text,
    injury_status        text,
    injury_body_part     text,
    injury_notes         text,
    injury_start_date    text,
    depth_chart_position text,
    depth_chart_order    bigint,
    search_rank          bigint           NOT NULL,
    data                 jsonb            NOT NULL,  -- the whole object
    search               tsvector         NOT NULL   -- the words of the name, without accents and punctuation
);

CREATE INDEX player_search ON read_players.player USING gin (search);
CREATE INDEX player_rank ON read_players.player (search_rank, player_id);
CREATE INDEX player_team ON read_players.player (team);

CREATE TABLE read_players.touched (
    subject     text COLLATE "C" PRIMARY KEY,
    position    bigint           NOT NULL,
    observed_at timestamptz      NOT NULL
);
