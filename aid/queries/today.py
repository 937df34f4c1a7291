"""What waits for a person today: a few counts, each one question to the database."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from aid.domain.allocations import AllocationState
from aid.domain.clock import Instant
from aid.domain.families import FamilyState
from aid.domain.permissions import Permission
from aid.domain.vouchers import OPEN_STATES, VoucherState
from aid.domain.words import Message, _, n_
from aid.models.allocations import Allocation, AllocationVersion, Decision, Vote
from aid.models.donations import Donation, Thanks
from aid.models.families import Erasure, Family, Withdrawal, written_by
from aid.models.people import Person, PersonState
from aid.models.vouchers import Voucher
from aid.queries.backups import days_without
from aid.queries.committee_changes import waiting_to_sign
from aid.queries.exposure import left_to_warn, unusual_looks
from aid.queries.keys import waiting_for_keys
from aid.queries.recovery import held_and_lacking, own_shares, recovery_state
from aid.queries.resealing import left_under_old_keys
from aid.queries.stops import waits_for_word
from aid.queries.withdrawals import is_quiet
from aid.vault.actor import Actor

Count = Select[int]


@dataclass(frozen=True, slots=True)
class Waiting:
    """So many things of one kind wait for this person. `endpoint` is the page where they do."""

    endpoint: str
    count: int
    title: Message
    hint: Message | None = None


def waiting_for(session: Session, *, actor: Actor, now: Instant) -> list[Waiting]:
    """What waits for this person, what is most urgent first; nothing of what they may not do."""
    found = [ask(session, actor, now) for permission, ask in _QUESTIONS if actor.may(permission)]
    return [waiting for waiting in found if waiting.count]


def _to_confirm(session: Session, actor: Actor, _now: Instant) -> Waiting:
    """Families of one's own localities that somebody else wrote down."""
    waiting = _count(Family).where(
        Family.state == FamilyState.REGISTERED, Family.locality_id.in_(actor.localities), ~written_by(actor.id)
    )
    count = _ask(session, waiting)
    title = n_("family to confirm", "families to confirm", count)
    return Waiting("families.waiting", count, title, _("Somebody who did not register it says that it is real."))


def _to_vote_on(session: Session, actor: Actor, _now: Instant) -> Waiting:
    """Allocations that wait for this member's word."""
    answered = exists().where(
        Vote.allocation_id == Allocation.id, Vote.version == Allocation.version, Vote.member_id == actor.id
    )
    own = exists().where(
        AllocationVersion.allocation_id == Allocation.id,
        AllocationVersion.version == Allocation.version,
        AllocationVersion.proposed_by_id == actor.id,
    )
    count = _ask(session, _count(Allocation).where(Allocation.state == AllocationState.PROPOSED, ~answered, ~own))
    return Waiting("committee.index", count, n_("allocation to vote on", "allocations to vote on", count))


def _to_sign(session: Session, actor: Actor, now: Instant) -> Waiting:
    """Changes of the committee that this member can sign or complete."""
    count = waiting_to_sign(session, actor=actor, now=now)
    title = n_("change of the committee to sign", "changes of the committee to sign", count)
    return Waiting("membership.index", count, title, _("It is about who decides. Compare the fingerprint by voice."))


def _to_say_of_stop(session: Session, actor: Actor, now: Instant) -> Waiting:
    """An emergency stop to which this member has not signed a word yet."""
    count = int(waits_for_word(session, actor=actor, now=now))
    title = n_("emergency stop waits for your word", "emergency stops wait for your word", count)
    return Waiting("stop.index", count, title, _("Call who pressed it, then say whether it stays or is lifted."))


def _to_thank(session: Session, _actor: Actor, _now: Instant) -> Waiting:
    """Donations that nobody acknowledged."""
    count = _ask(session, _count(Donation).where(~exists().where(Thanks.donation_id == Donation.id)))
    return Waiting("thanks.index", count, n_("donation to thank for", "donations to thank for", count))


def _to_print(session: Session, _actor: Actor, now: Instant) -> Waiting:
    """Vouchers whose notice is over and that are not printed yet."""
    over = exists().where(
        Decision.allocation_id == Voucher.allocation_id, Decision.carried, Decision.notice_until <= now.instant
    )
    count = _ask(session, _count(Voucher).where(Voucher.state == VoucherState.ISSUED, over))
    return Waiting("vouchers.index", count, n_("voucher to print", "vouchers to print", count))


def _before_the_committee(session: Session, _actor: Actor, _now: Instant) -> Waiting:
    count = _ask(session, _count(Allocation).where(Allocation.state == AllocationState.PROPOSED))
    title = n_("allocation is before the committee", "allocations are before the committee", count)
    return Waiting("allocations.index", count, title)


def _to_give_back(session: Session, _actor: Actor, now: Instant) -> Waiting:
    """Vouchers that nobody collected in time, and whose money is still set aside."""
    over = _count(Voucher).where(Voucher.state.in_(OPEN_STATES), Voucher.grace_until < now.today)
    count = _ask(session, over)
    title = n_("expired voucher still holds money", "expired vouchers still hold money", count)
    return Waiting("vouchers.index", count, title)


def _to_erase(session: Session, actor: Actor, _now: Instant) -> Waiting:
    """Families that somebody else took out of the fund, and whose files are still here."""
    left = exists().where(Withdrawal.family_id == Family.id, Withdrawal.by_id != actor.id)
    gone = exists().where(Erasure.family_id == Family.id)
    count = _ask(session, _count(Family).where(Family.state == FamilyState.WITHDRAWN, left, ~gone))
    return Waiting("withdrawals.index", count, n_("family to erase", "families to erase", count))


def _to_ask_about(session: Session, actor: Actor, now: Instant) -> Waiting:
    """Families to which nothing happened for a year."""
    count = _ask(session, _count(Family).where(is_quiet(actor=actor, today=now.today)))
    title = n_("family without anything for a year", "families without anything for a year", count)
    return Waiting("withdrawals.index", count, title, _("Ask whether they still need the fund."))


def _to_hand_out(session: Session, actor: Actor, now: Instant) -> Waiting:
    """Vouchers that may still be collected at one's own points."""
    count = _ask(
        session,
        _count(Voucher).where(
            Voucher.state == VoucherState.PRINTED,
            Voucher.point_id.in_(actor.points),
            Voucher.grace_until >= now.today,
        ),
    )
    return Waiting("collections.new", count, n_("voucher to hand out", "vouchers to hand out", count))


def _to_enrol(session: Session, _actor: Actor, _now: Instant) -> Waiting:
    count = _ask(session, _count(Person).where(Person.state == PersonState.INVITED))
    title = n_("person has not signed in yet", "people have not signed in yet", count)
    return Waiting("people.index", count, title)


def _to_admit(session: Session, actor: Actor, _now: Instant) -> Waiting:
    """Colleagues to whom this person can give keys."""
    count = sum(bool(waits.mine) for waits in waiting_for_keys(session, actor=actor))
    title = n_("colleague waits for keys from you", "colleagues wait for keys from you", count)
    return Waiting("work.waiting", count, title, _("Compare the fingerprint by voice, then give them."))


def _to_warn(session: Session, _actor: Actor, _now: Instant) -> Waiting:
    """Families that an account in wrong hands had opened, and nobody warned them yet."""
    count = left_to_warn(session)
    title = n_("family to warn", "families to warn", count)
    return Waiting("custody.exposures", count, title, _("A colleague was cut off who had opened their records."))


def _unusual(session: Session, actor: Actor, now: Instant) -> Waiting:
    count = len(unusual_looks(session, actor=actor, now=now))
    title = n_("account opened unusually many families", "accounts opened unusually many families", count)
    return Waiting("custody.exposures", count, title, _("Call them: a busy day, or somebody else?"))


def _to_reseal(session: Session, actor: Actor, _now: Instant) -> Waiting:
    count = left_under_old_keys(session, actor=actor).total
    title = n_("record is still under old keys", "records are still under old keys", count)
    return Waiting("custody.re_seal", count, title, _("After somebody left, they are sealed under the new ones."))


def _own_share(session: Session, actor: Actor, _now: Instant) -> Waiting:
    """Words that this person has not written down yet: nobody else can."""
    count = sum(share.waits for share in own_shares(session, actor=actor))
    title = n_("recovery share to write down", "recovery shares to write down", count)
    return Waiting("recovery.mine", count, title, _("33 words for you alone. Have paper and pen ready."))


def _shares_missing(session: Session, actor: Actor, _now: Instant) -> Waiting:
    """How many shares have to be confirmed, or made anew, until the fund can be recovered."""
    state = recovery_state(session, actor=actor)
    count = state.current.missing if state.current else state.newest.missing if state.newest else 1
    title = n_("recovery share is missing", "recovery shares are missing", count)
    return Waiting("recovery.index", count, title, _("If the server were lost now, nobody could open what it holds."))


def _to_seal_for_recovery(session: Session, actor: Actor, _now: Instant) -> Waiting:
    count = len(held_and_lacking(session, actor=actor))
    title = n_("key that recovery shares do not open yet", "keys that recovery shares do not open yet", count)
    return Waiting("recovery.seal", count, title, _("You hold them, so only you can seal them."))


def _without_backup(session: Session, _actor: Actor, now: Instant) -> Waiting:
    """A night that was missed is seen the next morning; two in a row are somebody's work."""
    days = days_without(session, now=now)
    count = days if days > 1 else 0
    return Waiting("backups.index", count, n_("day without a backup", "days without a backup", count))


_QUESTIONS: tuple[tuple[Permission, Callable[[Session, Actor, Instant], Waiting]], ...] = (
    (Permission.LOCK_FUND, _own_share),
    (Permission.MAKE_SHARES, _shares_missing),
    (Permission.ADMIT, _to_seal_for_recovery),
    (Permission.SEE_EXPOSURE, _to_warn),
    (Permission.SEE_EXPOSURE, _unusual),
    (Permission.HAND_OUT, _to_hand_out),
    (Permission.STOP_FUND, _to_say_of_stop),
    (Permission.CHANGE_COMMITTEE, _to_sign),
    (Permission.VOTE, _to_vote_on),
    (Permission.CONFIRM_FAMILIES, _to_confirm),
    (Permission.PRINT_VOUCHERS, _to_print),
    (Permission.PRINT_VOUCHERS, _to_give_back),
    (Permission.PROPOSE, _before_the_committee),
    (Permission.THANK_DONORS, _to_thank),
    (Permission.ADMIT, _to_admit),
    (Permission.ERASE_FAMILIES, _to_erase),
    (Permission.WITHDRAW_FAMILIES, _to_ask_about),
    (Permission.MANAGE_PEOPLE, _to_enrol),
    (Permission.SEE_CUSTODY, _without_backup),
    (Permission.ADMIT, _to_reseal),
)


def _count(kind: type) -> Count:
    return select(func.count()).select_from(kind)


def _ask(session: Session, count: Count) -> int:
    return session.scalar(count) or 0
