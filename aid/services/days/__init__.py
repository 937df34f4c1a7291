"""A point’s distribution days: their plan, their opening and their closing."""
