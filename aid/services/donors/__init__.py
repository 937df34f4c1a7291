"""Donors: entered, corrected, merged, never named where they wish so, and known again by what a bank tells."""
