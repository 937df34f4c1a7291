"""What people look at: read-only, frozen rows shaped for one page."""
