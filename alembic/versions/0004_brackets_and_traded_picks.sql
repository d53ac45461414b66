-- Games of the two brackets of a league, and the draft picks that were traded in it. Columns have the names of
-- Sleeper's fields; all but league_id, season and the name of the bracket are roster ids or small numbers.

CREATE SCHEMA read_brackets;

CREATE TABLE read_brackets.bracket_game (
    league_id   text COLLATE "C",
    bracket     text,            -- winners or losers
    m           bigint,          -- numbers the games of a bracket
    r           bigint NOT NULL, -- the round, from 1
    t1          bigint,
    t2          bigint,
    w           bigint,          -- goes on; whether it had more points, the league's settings say
    l           bigint,
    p           bigint,          -- the place that the game decides
    t1_from     jsonb,           -- {"w": 3}: the w of game 3
    t2_from     jsonb,
    t1_original bigint,
    t2_original bigint,
    PRIMARY KEY (league_id, bracket, m)
);

CREATE TABLE read_brackets.touched (
    subject     text COLLATE "C" PRIMARY KEY,
    position    bigint           NOT NULL,
    observed_at timestamptz      NOT NULL
);

CREATE SCHEMA read_traded_picks;

CREATE TABLE read_traded_picks.traded_pick (
    league_id         text COLLATE "C",
    season            text COLLATE "C",
    round             bigint,
    roster_id         bigint, -- the original owner
    previous_owner_id bigint,
    owner_id          bigint,
    PRIMARY KEY (league_id, season, round, roster_id)
);

CREATE TABLE read_traded_picks.touched (
    subject     text COLLATE "C" PRIMARY KEY,
    position    bigint           NOT NULL,
    observed_at timestamptz      NOT NULL
);
