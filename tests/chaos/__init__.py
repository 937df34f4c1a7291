"""A working day with the plug pulled: many people act at once while processes are killed.

What was answered is there once, however often it was sent. `python -m tests.chaos` runs it whole, on both databases;
test_chaos.py runs a short day of it with every suite.
"""
