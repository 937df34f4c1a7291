"""Printed papers of the sample fund go to who hands them out, with a list, and are counted."""

from typing import TYPE_CHECKING

from aid.cli.demo.people import key
from aid.domain.permissions import Role
from aid.models.fund import Point
from aid.perform import perform
from aid.services.vouchers.handovers import Count, CountOrder, GiveOrder, give, receive
from aid.services.vouchers.printing import Printed

if TYPE_CHECKING:
    from aid.cli.demo.story import Story


def hand_over(story: "Story", point: Point, printed: Printed) -> None:
    """A batch goes to its point's distributor, who counts it and finds all of it there."""
    assert printed.papers is not None, "it was printed just now"
    distributor = next(user.actor() for user in story.with_role(Role.DISTRIBUTOR) if point.id in user.actor().points)
    assert distributor.id is not None, "a person"
    order = GiveOrder(point.id, distributor.id, (printed.batch_id,))
    given = perform(key(), give, actor=story.the(Role.COORDINATOR).actor(), now=story.now, order=order)
    story.wait(minutes=10)
    count = CountOrder(given.handover_id, (Count(printed.batch_id, len(printed.papers)),))
    perform(key(), receive, actor=distributor, now=story.now, order=count)
