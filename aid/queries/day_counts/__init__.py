"""Opening and closing points' days, as people look at it: where a day stands, one count, and the report of a day."""
