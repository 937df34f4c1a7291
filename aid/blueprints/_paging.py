"""Where in a list a page begins."""

LARGEST = 2**63 - 1  # that both databases can count to


def place(text: str) -> int:
    """A number of a list, out of an address. Raises ValueError, as `request.args.get` expects of its `type`."""
    number = int(text)
    if not 0 <= number <= LARGEST:
        raise ValueError(text)
    return number
