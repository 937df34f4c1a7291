"""A family is real when a second person says so, and who vouched for it does not hand it its aid."""

from collections.abc import Collection
from uuid import UUID

from aid.domain.families import FamilyState
from aid.domain.words import Message, _


def why_not_confirm(
    *, actor_id: UUID | None, touched_by: Collection[UUID], already: Collection[UUID] = (), state: FamilyState
) -> Message | None:
    """Say why this person may not confirm the family, or nothing.

    `touched_by` registered it, or corrected it since its last confirmation; `already` confirmed it since.
    """
    if state is FamilyState.WITHDRAWN:
        return _("This family is withdrawn: it can't be confirmed.")
    if actor_id is None or actor_id in touched_by:
        return _("You wrote down this family yourself: someone else confirms it.")
    if actor_id in already:
        return _("You have confirmed this family already.")
    if state is FamilyState.CONFIRMED:
        return _("This family is confirmed already.")
    return None


def why_not_hand_out(*, actor_id: UUID | None, vouched_by: Collection[UUID]) -> Message | None:
    """Say why this person may not hand out to the family, or nothing.

    `vouched_by` registered, corrected or confirmed it: so that nobody can invent a family and be paid for it.
    """
    if actor_id is None or actor_id in vouched_by:
        return _("You registered or confirmed this family: someone else hands out its aid.")
    return None
