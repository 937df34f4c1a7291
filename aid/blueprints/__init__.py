"""Addresses: each connects a form to an action, or a query to a page."""
