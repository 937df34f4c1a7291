"""Commands, a file a subject."""
