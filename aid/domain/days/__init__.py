"""A distribution day: who comes when, what is packed, and which notes and coins are fetched."""
