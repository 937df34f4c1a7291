"""A whole distribution day at two points, played over HTTP by signed-in people, until nothing is unexplained.

`python -m tests.whole_day --vouchers 1000` plays the long one.
"""
