"""Two entries that are one donor: merged with nothing lost, and parted again while nothing rests on it.

The other entry stays as it was, and points to the one that is kept: gifts, thanks and codes stay tied to it, and are
read as the kept one's. What the kept one was before is sealed beside the merge, so that parting gives it back.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.donations import DonorChangeKind, DonorDetails, check_donor
from aid.domain.donor_changes import roots_of, united
from aid.domain.ids import new_id
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.donations import Donation, Donor
from aid.models.donors import DonorDistinct, DonorMerge, DonorParting
from aid.models.records import RecordKind
from aid.models.statements import LineRule
from aid.models.support import SupportMessage
from aid.services import audit, records
from aid.services.donors import index as donor_index
from aid.services.donors.changing import DonorChangedMeanwhile, reason_of, unname, write_next
from aid.services.donors.entering import NO_SUCH, must_have_union, opened
from aid.services.statements.keys import donors_ring
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class Merging:
    """Two entries, each as it was seen, and which entry's word is taken where they differ."""

    kept_id: UUID
    kept_version: int
    other_id: UUID
    other_version: int
    taken: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Merged:
    """Two entries are one donor; so many published lines lost their name, where either is never to be named."""

    merge_id: UUID
    kept_id: UUID
    lines: int


@dataclass(frozen=True, slots=True)
class Parted:
    """They are two again."""

    kept_id: UUID
    other_id: UUID


@dataclass(frozen=True, slots=True)
class ToldApart:
    """Two donors who look alike are two."""

    one_id: UUID
    other_id: UUID


def merge_donors(session: Session, *, actor: Actor, now: Instant, order: Merging) -> Merged:
    """Make one donor of two entries. Raises RuleBroken, and DonorChangedMeanwhile where either reads otherwise now."""
    actor.must(Permission.RECORD_DONATIONS)
    kept, other = _both(session, order.kept_id, order.other_id)
    if kept.merged_into_id or other.merged_into_id:
        raise RuleBroken(_("One of them was merged already. Search again."))
    if (kept.version, other.version) != (order.kept_version, order.other_version):
        raise DonorChangedMeanwhile
    was, theirs = (opened(session, keyring=actor.keyring, donor_id=donor.id) for donor in (kept, other))
    if was.union_id == other.id or theirs.union_id == kept.id:
        raise RuleBroken(_("A union and its branch are two donors, and are thanked apart."))
    details = united(was, theirs, taken=order.taken)
    check_donor(details)
    must_have_union(session, keyring=actor.keyring, details=details)

    change = write_next(session, actor=actor, now=now, donor=kept, kind=DonorChangeKind.UNITED, details=details)
    merge = DonorMerge(
        id=new_id(),
        kept_id=kept.id,
        kept_version=kept.version,
        other_id=other.id,
        other_version=other.version,
        merged_at=now.instant,
        merged_by_id=change.by_id,
    )
    session.add(merge)
    session.flush()
    _keep_before(session, actor, merge, was, details)
    moved = (Donor.id == other.id) | (Donor.merged_into_id == other.id)
    session.execute(update(Donor).where(moved).values(merged_into_id=kept.id))
    donor_index.hand_over(session, to=kept.id, of=other.id)
    lines, signatures = unname(session, change) if details.never_named else ((), ())
    audit.say(session, "donor.merged", subject=kept.id, made=[change, merge, *lines, *signatures])
    return Merged(merge.id, kept.id, len(lines))


def part_donors(session: Session, *, actor: Actor, now: Instant, merge_id: UUID, reason: str) -> Parted:
    """Undo a merge on which nothing rests: each is again what they were before. Raises RuleBroken."""
    actor.must(Permission.RECORD_DONATIONS)
    why = reason_of(reason)
    merge = session.get(DonorMerge, merge_id)
    if merge is None:
        raise RuleBroken(NO_SUCH)
    kept, other = _both(session, merge.kept_id, merge.other_id)
    if session.get(DonorParting, merge.id) is not None:
        raise RuleBroken(_("They are two again already."))
    sealed = records.take_out(session, kind=RecordKind.DONOR_BEFORE, row_id=merge.id, keyring=actor.keyring)
    assert sealed is not None, "each merge kept what was before"
    before, after = (DonorDetails.from_plain(sealed[name]) for name in ("before", "after"))
    if opened(session, keyring=actor.keyring, donor_id=kept.id) != after:
        raise RuleBroken(_("The donor was changed since. What was changed can’t be given to one of the two."))
    _refuse_what_rests(session, merge, kept)

    change = write_next(session, actor=actor, now=now, donor=kept, kind=DonorChangeKind.PARTED, details=before)
    parting = DonorParting(merge_id=merge.id, reason=why, parted_at=now.instant, parted_by_id=change.by_id)
    session.add(parting)
    session.flush()
    _point_anew(session, {kept.id, other.id})
    if index := donor_index.index_of(session, actor.keyring):
        donor_index.make_anew(session, actor.keyring, index, [kept.id, other.id])
    audit.say(session, "donor.parted", subject=kept.id, made=[change, parting])
    return Parted(kept.id, other.id)


def tell_apart(session: Session, *, actor: Actor, now: Instant, one_id: UUID, other_id: UUID) -> ToldApart:
    """Write down that two donors who look alike are two: they are not suggested again. Raises RuleBroken."""
    actor.must(Permission.RECORD_DONATIONS)
    assert actor.person_id is not None, "a person looked"
    _both(session, one_id, other_id)
    first, second = sorted((one_id, other_id))
    if session.get(DonorDistinct, (first, second)) is None:
        made = DonorDistinct(one_id=first, other_id=second, said_at=now.instant, said_by_id=actor.person_id)
        session.add(made)
        audit.say(session, "donor.told_apart", subject=first, made=[made])
    return ToldApart(first, second)


def _both(session: Session, one_id: UUID, other_id: UUID) -> tuple[Donor, Donor]:
    """Two donors, held until the commit in the order of their ids. Raises RuleBroken."""
    if one_id == other_id:
        raise RuleBroken(_("These are one donor already."))
    wanted = select(Donor).where(Donor.id.in_((one_id, other_id))).order_by(Donor.id)
    held = {row.id: row for row in session.scalars(wanted.with_for_update().execution_options(populate_existing=True))}
    if len(held) != 2:
        raise RuleBroken(NO_SUCH)
    return held[one_id], held[other_id]


def _keep_before(session: Session, actor: Actor, merge: DonorMerge, before: DonorDetails, after: DonorDetails) -> None:
    ring_id = donors_ring(session)
    records.put(
        session,
        {"before": before.plain(), "after": after.plain()},
        kind=RecordKind.DONOR_BEFORE,
        row_id=merge.id,
        rings=[records.targets(session, [ring_id])[ring_id]],
        keyring=actor.keyring,
    )


def _refuse_what_rests(session: Session, merge: DonorMerge, kept: Donor) -> None:
    """What came since is the one donor's: nobody could say which of the two it would be."""
    parted = exists().where(DonorParting.merge_id == DonorMerge.id)
    later = select(DonorMerge.id).where(DonorMerge.kept_id == kept.id, DonorMerge.kept_version > merge.kept_version)
    if kept.merged_into_id or session.scalar(later.where(~parted).limit(1)):
        raise RuleBroken(_("There was another merge since. Undo the last one first."))
    since = (
        select(Donation.id).where(Donation.donor_id == kept.id, Donation.recorded_at > merge.merged_at),
        select(LineRule.id).where(LineRule.donor_id == kept.id, LineRule.taught_at > merge.merged_at),
        select(SupportMessage.id).where(SupportMessage.donor_id == kept.id, SupportMessage.taken_at > merge.merged_at),
    )
    if any(session.scalar(wanted.limit(1)) for wanted in since):
        raise RuleBroken(_("Something came since that is of the one donor: a gift, a rule or a message."))


def _point_anew(session: Session, about: set[UUID]) -> None:
    """Let everybody who was ever merged into one of these point to who stands for them by the merges that stand."""
    parted = exists().where(DonorParting.merge_id == DonorMerge.id)
    standing = session.execute(select(DonorMerge.other_id, DonorMerge.kept_id).where(~parted))
    roots = roots_of({other: kept for other, kept in standing})  # noqa: C416
    pointing = select(Donor.id).where(Donor.id.in_(about) | Donor.merged_into_id.in_(about))
    by_root: defaultdict[UUID | None, list[UUID]] = defaultdict(list)
    for donor_id in session.scalars(pointing):
        by_root[roots.get(donor_id)].append(donor_id)
    for root, ids in by_root.items():
        session.execute(update(Donor).where(Donor.id.in_(ids)).values(merged_into_id=root))
