CREATE SCHEMA read_drafts;

CREATE TABLE read_drafts.draft (
    league_id         text COLLATE "C",
    draft_id          text COLLATE "C",
    type              text,
    status            text,
    season            text,
    season_type       text,
    sport             text,
    created           bigint, -- milliseconds since 1970, as start_time and last_picked
    start_time        bigint,
    last_picked       bigint,
    creators          text[],
    draft_order       jsonb,  -- slots by user id
    slot_to_roster_id jsonb,
    settings          jsonb,
    metadata          jsonb,
    PRIMARY KEY (league_id, draft_id)
);

CREATE TABLE read_drafts.draft_pick (
    league_id  text COLLATE "C",
    draft_id   text COLLATE "C",
    pick_no    bigint,
    round      bigint,
    draft_slot bigint,
    roster_id  bigint,
    player_id  text COLLATE "C",
    picked_by  text COLLATE "C",
    is_keeper  boolean,
    metadata   jsonb,
    PRIMARY KEY (league_id, draft_id, pick_no)
);

CREATE TABLE read_drafts.draft_traded_pick (
    league_id         text COLLATE "C",
    draft_id          text COLLATE "C",
    season            text,
    round             bigint,
    roster_id         bigint, -- the original owner
    previous_owner_id bigint,
    owner_id          bigint,
    PRIMARY KEY (league_id, draft_id, season, round, roster_id)
);

CREATE TABLE read_drafts.touched (
    subject     text COLLATE "C" PRIMARY KEY,
    position    bigint           NOT NULL,
    observed_at timestamptz      NOT NULL
);
