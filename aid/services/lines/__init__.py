"""Bank lines: what each ends as, in whole or in parts; rules for those to come; undone by counter-entries."""
