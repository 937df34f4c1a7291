"""Asking a random sample of families afterwards whether aid arrived: drawing, calling, finding out, closing."""
