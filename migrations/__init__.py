"""How the tables came to be, step by step, and what the steps share."""
