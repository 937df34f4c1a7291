"""Rules and values of the fund, in plain Python: nothing here knows the web, the database or the keys."""
