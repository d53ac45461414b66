-- The read model: one schema a projector, so that a rebuild can put a whole set of tables in the place of
-- another by renaming schemas. No foreign key and no view crosses them, for the same reason.
--
-- application/projections declares the same tables; a test compares the two. Columns have the names of
-- Sleeper's fields, and null and empty stay what they were. Ids compare byte by byte.
--
-- Every schema has `touched`: per league, the last event that its projector folded.

CREATE SCHEMA read_leagues;

CREATE TABLE read_leagues.league (
    league_id                  text COLLATE "C" PRIMARY KEY,
    name                       text,
    season                     text,
    season_type                text,
    sport                      text,
    status                     text,
    total_rosters              bigint,
    draft_id                   text COLLATE "C",
    previous_league_id         text COLLATE "C",
    avatar                     text,
    roster_positions           text[],
    settings                   jsonb,
    scoring_settings           jsonb,
    metadata                   jsonb,
    bracket_id                 text COLLATE "C",
    loser_bracket_id           text COLLATE "C",
    bracket_overrides_id       text COLLATE "C",
    loser_bracket_overrides_id text COLLATE "C",
    company_id                 text COLLATE "C",
    group_id                   text COLLATE "C",
    first_observed_at          timestamptz NOT NULL
);

CREATE TABLE read_leagues.touched (
    league_id   text COLLATE "C" PRIMARY KEY,
    position    bigint           NOT NULL,
    observed_at timestamptz      NOT NULL
);

CREATE SCHEMA read_members;

CREATE TABLE read_members.member (
    league_id    text COLLATE "C",
    user_id      text COLLATE "C",
    display_name text,
    team_name    text,
    avatar       text,
    is_owner     boolean,
    is_bot       boolean,
    metadata     jsonb,
    PRIMARY KEY (league_id, user_id)
);

CREATE TABLE read_members.touched (
    league_id   text COLLATE "C" PRIMARY KEY,
    position    bigint           NOT NULL,
    observed_at timestamptz      NOT NULL
);

CREATE SCHEMA read_rosters;

CREATE TABLE read_rosters.roster (
    league_id          text COLLATE "C",
    roster_id          bigint,
    owner_id           text COLLATE "C",
    co_owners          text[],
    starters           text[],
    null_fields        text[] NOT NULL,  -- which of players, reserve, taxi, keepers came as null
    settings           jsonb,
    metadata           jsonb,
    player_map         jsonb,
    wins               bigint,           -- from here on out of the settings, as Sleeper last reported
    losses             bigint,
    ties               bigint,
    fpts               numeric,
    fpts_against       numeric,
    waiver_position    bigint,
    waiver_budget_used bigint,
    PRIMARY KEY (league_id, roster_id)
);

CREATE TABLE read_rosters.roster_player (
    league_id      text COLLATE "C",
    roster_id      bigint,
    list           text,             -- players, reserve, taxi, keepers
    player_id      text COLLATE "C",
    ordinal        integer NOT NULL, -- grows along the list; it may skip numbers
    acquired_at    timestamptz,      -- of list players, where the move was seen
    how            text,
    transaction_id text COLLATE "C",
    PRIMARY KEY (league_id, roster_id, list, player_id)
);
CREATE INDEX roster_player_player_id ON read_rosters.roster_player (player_id);

CREATE TABLE read_rosters.touched (
    league_id   text COLLATE "C" PRIMARY KEY,
    position    bigint           NOT NULL,
    observed_at timestamptz      NOT NULL
);

CREATE SCHEMA read_matchups;

CREATE TABLE read_matchups.matchup (
    league_id       text COLLATE "C",
    week            bigint,
    roster_id       bigint,
    matchup_id      bigint,          -- pairs two rows; null is a bye
    points          double precision,
    custom_points   double precision,
    starters        text[],
    starters_points double precision[],
    null_fields     text[] NOT NULL, -- which of players, players_points came as null
    PRIMARY KEY (league_id, week, roster_id)
);

CREATE TABLE read_matchups.matchup_player (
    league_id  text COLLATE "C",
    week       bigint,
    roster_id  bigint,
    player_id  text COLLATE "C",
    ordinal    integer,          -- grows along the list of players; null for one who is not listed
    points     double precision,
    has_points boolean NOT NULL,
    is_starter boolean NOT NULL,
    PRIMARY KEY (league_id, week, roster_id, player_id)
);
CREATE INDEX matchup_player_player_id ON read_matchups.matchup_player (player_id);

CREATE TABLE read_matchups.touched (
    league_id   text COLLATE "C" PRIMARY KEY,
    position    bigint           NOT NULL,
    observed_at timestamptz      NOT NULL
);

CREATE SCHEMA read_transactions;

CREATE TABLE read_transactions.transaction (
    league_id      text COLLATE "C",
    transaction_id text COLLATE "C",
    leg            bigint      NOT NULL,
    type           text        NOT NULL,
    status         text        NOT NULL,
    created        bigint,
    status_updated bigint,
    creator        text COLLATE "C",
    roster_ids     bigint[],
    consenter_ids  bigint[],
    null_fields    text[]      NOT NULL, -- which of adds, drops, draft_picks, waiver_budget, leg came as null
    settings       jsonb,
    metadata       jsonb,
    happened_at    timestamptz NOT NULL, -- status_updated, else when it was first observed
    corrections    integer     NOT NULL,
    position       bigint      NOT NULL, -- of the last event about it
    PRIMARY KEY (league_id, transaction_id)
);
CREATE INDEX transaction_newest ON read_transactions.transaction (league_id, happened_at, transaction_id);
CREATE INDEX transaction_filters ON read_transactions.transaction (league_id, leg, type, status);

CREATE TABLE read_transactions.transaction_move (
    league_id      text COLLATE "C",
    transaction_id text COLLATE "C",
    kind           text,             -- add or drop
    player_id      text COLLATE "C",
    roster_id      bigint NOT NULL,
    PRIMARY KEY (league_id, transaction_id, kind, player_id)
);

CREATE TABLE read_transactions.transaction_pick (
    league_id         text COLLATE "C",
    transaction_id    text COLLATE "C",
    ordinal           integer,
    season            text   NOT NULL,
    round             bigint NOT NULL,
    roster_id         bigint NOT NULL, -- the original owner
    previous_owner_id bigint,
    owner_id          bigint,
    pick_league_id    text COLLATE "C",
    PRIMARY KEY (league_id, transaction_id, ordinal)
);

CREATE TABLE read_transactions.transaction_faab (
    league_id      text COLLATE "C",
    transaction_id text COLLATE "C",
    ordinal        integer,
    sender         bigint NOT NULL,
    receiver       bigint NOT NULL,
    amount         bigint NOT NULL,
    PRIMARY KEY (league_id, transaction_id, ordinal)
);

CREATE TABLE read_transactions.touched (
    league_id   text COLLATE "C" PRIMARY KEY,
    position    bigint           NOT NULL,
    observed_at timestamptz      NOT NULL
);
