"""Facts about league."""
