-- Not every event is about a league: users and the sport have events too.
ALTER TABLE read_leagues.touched RENAME COLUMN league_id TO subject;
ALTER TABLE read_members.touched RENAME COLUMN league_id TO subject;
ALTER TABLE read_rosters.touched RENAME COLUMN league_id TO subject;
ALTER TABLE read_matchups.touched RENAME COLUMN league_id TO subject;
ALTER TABLE read_transactions.touched RENAME COLUMN league_id TO subject;
