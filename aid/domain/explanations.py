"""Why a family was given what it was, or nothing: said to the family, from what was recorded and nothing else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from aid.domain.meetings import HoldReason
from aid.domain.money import Money
from aid.domain.vouchers import VoucherState
from aid.domain.words import InLanguages, Message, _, n_


class Verdict(StrEnum):
    """What came of an allocation for one family."""

    GIVEN = "given"
    PROPOSED = "proposed"
    REJECTED = "rejected"
    SHORT = "short"
    HELD_OUT = "held_out"
    LEFT_OUT = "left_out"


VERDICT_TITLES: Mapping[Verdict, Message] = MappingProxyType(
    {
        Verdict.GIVEN: _("Given"),
        Verdict.PROPOSED: _("Not decided yet"),
        Verdict.REJECTED: _("Rejected"),
        Verdict.SHORT: _("The money ended"),
        Verdict.HELD_OUT: _("Held out for now"),
        Verdict.LEFT_OUT: _("Not on the list"),
    }
)
HELD_SAID: Mapping[HoldReason, Message] = MappingProxyType(
    {
        HoldReason.UNANSWERED: _("a question about it is not answered yet"),
        HoldReason.WRONG: _("something in it is wrong and has to be corrected"),
        HoldReason.PAPERS: _("a paper is missing"),
        HoldReason.WISH: _("the committee wants to decide on it later"),
        HoldReason.OTHER: _("the coordinator knows the reason"),
    }
)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of what is due, and how much it makes."""

    what: Message
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What one allocation came to for a family, in sentences to be read aloud to it."""

    allocation_id: UUID
    number: int
    titles: Mapping[str, str] | None  # a programme's; none for a grant
    proposed_at: datetime
    verdict: Verdict
    said: tuple[Message, ...]
    parts: tuple[Part, ...] = ()
    total: Money | None = None
    goods: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by language
    rule: Message | None = None


@dataclass(frozen=True, slots=True)
class Life:
    """When a family was there, written down and vouched for: what tells why a list of some day went without it."""

    registered_on: date
    registered_at: datetime
    absences: tuple[tuple[datetime, datetime | None], ...]  # from when it left until it came back
    written: tuple[tuple[int, datetime], ...]  # each version, and when
    confirmed: tuple[tuple[int, datetime], ...]

    def version_at(self, moment: datetime) -> int:
        """What was written of it then; 0 before it was registered."""
        return max((version for version, at in self.written if at <= moment), default=0)

    def why_not_there(self, moment: datetime) -> Message | None:
        """Say why a list made at this moment could not name this family, or nothing."""
        if self.registered_at > moment:
            return _("Your family was registered on %(day)s, after this list was made.", day=self.registered_on)
        if any(left <= moment and (back is None or back > moment) for left, back in self.absences):
            return _("Your family had left the fund when this list was made.")
        version = self.version_at(moment)
        if not any(number == version and at <= moment for number, at in self.confirmed):
            return _(
                "When this list was made, a second person had not yet confirmed what is written of your family. "
                "Without that nobody is given aid."
            )
        return None


def of_given(amount: Money, *, on: date, goods: bool) -> Message:
    """That something was given."""
    if amount.minor and goods:
        return _("The committee gave your family %(amount)s and goods on %(day)s.", amount=amount, day=on)
    if amount.minor:
        return _("The committee gave your family %(amount)s on %(day)s.", amount=amount, day=on)
    return _("The committee gave your family goods on %(day)s.", day=on)


def of_voucher(state: VoucherState, *, point: Mapping[str, str], until: date, collected_at: datetime | None) -> Message:
    """What became of the voucher. `collected_at`: when something of it was handed out last."""
    match state:
        case VoucherState.ISSUED:
            return _("The voucher is not printed yet.")
        case VoucherState.PRINTED:
            return _("It can be collected at %(point)s until %(day)s.", point=InLanguages.of(point), day=until)
        case VoucherState.BEGUN:
            return _(
                "A part was collected. The rest can be collected at %(point)s until %(day)s.",
                point=InLanguages.of(point),
                day=until,
            )
        case VoucherState.COLLECTED if collected_at:
            return _("It was collected at %(point)s on %(moment)s.", point=InLanguages.of(point), moment=collected_at)
        case VoucherState.EXPIRED if collected_at:
            return _(
                "A part was collected. Nobody collected the rest until %(day)s, and it went back to the fund.",
                day=until,
            )
        case VoucherState.VOID if collected_at:
            return _("A part was collected. The rest was cancelled.")
        case VoucherState.EXPIRED:
            return _("Nobody collected it until %(day)s, and the money went back to the fund.", day=until)
    return _("The voucher was cancelled.")


def of_list(verdict: Verdict) -> Message:
    """What is said of a list that gave the family nothing, or nothing yet."""
    match verdict:
        case Verdict.PROPOSED:
            return _("Your family is on this list. The committee has not decided about it yet.")
        case Verdict.REJECTED:
            return _("The committee did not agree to this list. Nobody was given anything by it.")
        case Verdict.SHORT:
            return _(
                "By the rule something was due to your family, but there was not enough money, "
                "and it ended before your turn."
            )
    return _("Your family is not on this list.")


def of_held(reasons: Iterable[HoldReason]) -> tuple[Message, ...]:
    """That the list went on without the family's line."""
    return tuple(
        _("The list went on without your family for now: %(reason)s.", reason=HELD_SAID[reason]) for reason in reasons
    )


def of_rule(why: Message) -> Message:
    """That the rule gives this family nothing."""
    return _("The rule of this programme gives your family nothing: %(why)s", why=why)


NOT_KEPT = _("What was written of your family then has been corrected since, and the old words are not kept.")
ERASED = _("What this rested on was erased.")
NO_KEY = _("What this rests on is sealed for another place. A coordinator can open it.")
NOT_RECORDED = _("Why your family is not on this list was not recorded. A coordinator looks into it.")


OF_ANOTHER = _(
    "Your family itself is not on this list. A family that some of your people were part of is: "
    "what that one is given counts for yours too."
)


def already_on(number: int, *, own: bool) -> Message:
    """That the programme gave before: to this family, or to one that its people were part of."""
    if not own:
        return _(
            "This programme gives to each family once. One that some of your people were part of "
            "was on a list of it before: no. %(number)s.",
            number=number,
        )
    return _(
        "This programme gives to each family once, and yours was on a list of it before: no. %(number)s.",
        number=number,
    )


def by_now(why: Message) -> Message:
    """What the rule would say today, where what was written then is not kept."""
    return _("By what is written now, the rule gives nothing: %(why)s", why=why)


def for_grant(reason: Message) -> Message:
    """What one family was given something for."""
    return _("It is for this: %(reason)s.", reason=reason)


def for_want_of_size(good: InLanguages | str, *, children: int) -> Message:
    """That something was not given because nobody knew how large it should be."""
    return n_(
        "%(good)s: %(num)s child got none, because its size is not written down.",
        "%(good)s: %(num)s children got none, because their sizes are not written down.",
        children,
        good=good,
    )
