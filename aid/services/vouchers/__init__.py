"""Vouchers: printed and printed again, counted, ended, moved, and found at the table."""
