"""Shops that take vouchers: agreed with, owed for what they gave, invoiced, and paid."""
