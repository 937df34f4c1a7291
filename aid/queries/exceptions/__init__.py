"""What went another way than planned, the newest first, each with its story: who, when, why, and what became of it."""

from aid.queries.exceptions.asking import Filter, Story, StoryPage
from aid.queries.exceptions.listed import choices, exceptions, unexplained

__all__ = ["Filter", "Story", "StoryPage", "choices", "exceptions", "unexplained"]
