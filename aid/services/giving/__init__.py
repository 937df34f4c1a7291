"""The page for donors: what it offers, and the references that it gives out."""
