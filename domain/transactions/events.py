"""Facts about transactions."""
