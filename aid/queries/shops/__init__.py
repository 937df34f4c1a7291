"""Shops that take vouchers: what waits there, what they are owed, their invoices, and a statement for each."""
