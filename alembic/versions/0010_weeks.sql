CREATE SCHEMA read_weeks;

CREATE TABLE read_weeks.week (
    league_id    text COLLATE "C" NOT NULL,
    week         bigint           NOT NULL,
    closed_at    timestamptz,                -- null where nobody saw it close
    closed_by    timestamptz      NOT NULL,  -- when it was first seen closed
    corrections  bigint           NOT NULL,
    corrected_at timestamptz,                -- the last time
    PRIMARY KEY (league_id, week)
);

CREATE TABLE read_weeks.touched (
    subject     text COLLATE "C" PRIMARY KEY,
    position    bigint           NOT NULL,
    observed_at timestamptz      NOT NULL
);
