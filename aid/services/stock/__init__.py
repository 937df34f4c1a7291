"""Goods at points: moved with a cause, counted, taken in as they are delivered."""
