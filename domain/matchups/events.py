"""Facts about matchups."""
