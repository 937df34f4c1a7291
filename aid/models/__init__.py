"""Tables: what a row is, and what must hold whatever the code does."""
