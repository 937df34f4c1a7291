"""What people type: text into domain values."""
