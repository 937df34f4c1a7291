"""How surely a sample tells of all: exact 95 % intervals for a share of a finite number of families.

Of N families x of n who were asked say something. Kept are all numbers M of N for which so many, or so few, would not
be a surprise: both tails of the hypergeometric distribution above 2.5 %. It is Clopper and Pearson's way for draws
without putting back (H. S. Konijn, Statistical Theory of Sample Survey Design and Analysis, 1973; J. P. Buonaccorsi,
The American Statistician 41, 1987, 215-218): it holds the truth in at least 95 of 100 surveys, however few are asked
and however rare the answer is, which no approximation does. Whole numbers only: nothing is rounded before the end.
"""

from math import comb

TAIL = (1, 40)
"""2.5 % on either side."""


def exact_interval(count: int, *, asked: int, families: int) -> tuple[int, int]:
    """How many of all families it is, at least and at most, when `count` of those who were asked say so."""
    assert 0 <= count <= asked <= families
    assert asked, "nobody was asked"
    return _least(count, asked, families), families - _least(asked - count, asked, families)


def _least(count: int, asked: int, families: int) -> int:
    """The smallest number of all for which so many, or more, among those asked would be no surprise."""
    low, high = count, families - (asked - count)
    while low < high:
        middle = (low + high) // 2
        if _is_no_surprise(count, asked, middle, families):
            high = middle
        else:
            low = middle + 1
    return low


def _is_no_surprise(count: int, asked: int, among: int, families: int) -> bool:
    """Whether `count` or more of those asked are among these with more than 2.5 % likelihood."""
    first = max(count, asked - (families - among))
    others = families - among
    term = comb(among, first) * comb(others, asked - first)
    ways = 0
    for said in range(first, min(asked, among) + 1):
        ways += term
        term = term * (among - said) * (asked - said) // ((said + 1) * (others - asked + said + 1))
    return ways * TAIL[1] > comb(families, asked) * TAIL[0]


def half_width(*, asked: int, families: int) -> float:
    """To about how many hundredths a share will be known, at the widest: when half of those asked say so."""
    count = asked // 2
    least, most = exact_interval(count, asked=asked, families=families)
    return 100 * (most - least) / families / 2
