"""Whether vouchers add up: by decision, point and day, the vouchers behind each figure, and what went another way."""
