"""Facts about rosters."""
