-- A sync of all leagues of a user is a run of no single league.
ALTER TABLE sync_run ALTER COLUMN league_id DROP NOT NULL;
