"""What people bring: bytes in, domain values out, bounded before parsing."""
