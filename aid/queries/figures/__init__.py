"""Figures for donors: what the books say, what was told of it, and what a gift's code opens."""
