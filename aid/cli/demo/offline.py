"""A day without network in the sample fund: a list, and lines typed from it, one of which the books tell otherwise.

The office printed a voucher anew that was said to be lost, while its family came with the old sheet.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from aid.cli.demo.people import key
from aid.documents.keeping import kept_forms
from aid.documents.point_list import point_list_pdf
from aid.domain.permissions import Role
from aid.domain.vouchers import ReprintReason
from aid.extensions import reading
from aid.models.fund import Point
from aid.perform import perform
from aid.queries import papers
from aid.services.collections.late import LateOrder, enter_late
from aid.services.collections.point_lists import ListOrder, print_list
from aid.services.vouchers.printing import ReprintOrder, reprint_vouchers

if TYPE_CHECKING:
    from aid.cli.demo.story import Story

TICKED = 4
LATEST = 19
"""The last hour at which a list is printed, so that its day is not over before its lines are."""


def day_without_network(story: Story) -> None:
    """The second point prints its list; in the evening its lines are entered, and wait for somebody who compares."""
    point = reading().scalars(select(Point).order_by(Point.code)).all()[1]
    story.say(f"A day without network at {point.names['en']}: a list on paper, entered afterwards, with one conflict")
    if story.clock.astimezone(story.zone).hour >= LATEST:
        story.wait(hours=12)
    keeper = next(user for user in story.with_role(Role.DISTRIBUTOR) if point.id in user.actor().points).actor()
    printed = perform(key(), print_list, actor=keeper, now=story.now, order=ListOrder(point.id, story.now.today))
    assert printed.paper is not None, "it was printed just now"
    story.print(
        f"list-{point.code}.pdf", b"".join(point_list_pdf(printed.paper, language=keeper.language, kept=kept_forms()))
    )
    ticked = [each.line.serial for each in printed.paper.lines if not each.line.worth.items][:TICKED]
    lost = ReprintOrder(ReprintReason.LOST, serial=ticked[-1], format=papers.style(reading()).format)
    story.wait(minutes=20)
    perform(key(), reprint_vouchers, actor=story.the(Role.COORDINATOR).actor(), now=story.now, order=lost)
    hours = [story.clock + timedelta(minutes=7 * n) for n in range(len(ticked))]
    lines = (f"{serial} {at.astimezone(story.zone):%H:%M}" for serial, at in zip(ticked, hours, strict=True))
    story.wait(hours=2)
    assert keeper.person_id is not None, "a person hands out"
    order = LateOrder(printed.list_id, keeper.person_id, "\n".join(lines))
    perform(key(), enter_late, actor=keeper, now=story.now, order=order)
