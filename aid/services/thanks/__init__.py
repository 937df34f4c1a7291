"""Thanks: every donation is acknowledged once, by letter, by message or in public, in the fund's own words."""
