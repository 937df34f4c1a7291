"""Bringing statements of a bank in: their lines once, however often they are shown. Nothing is booked for them here."""
