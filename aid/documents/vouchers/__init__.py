"""Vouchers on paper: their forms, what stands in them, and the sheets that come out of the printer."""
