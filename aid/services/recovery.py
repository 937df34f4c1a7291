"""Recovery shares: made for their holders, shown to each alone, confirmed once on paper, counted when lost."""

from dataclasses import dataclass, field

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from aid.domain.clock import Instant
from aid.domain.permissions import Permission
from aid.domain.recovery import why_not_so_many, why_not_these_words
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.fund import Fund
from aid.models.people import Person
from aid.models.recovery import RecoveryCopy, RecoveryKey, RecoveryShare, ShareConfirmation, ShareLoss
from aid.queries.recovery import epochs_lacking, usable_shares
from aid.services import audit, rings
from aid.services.erasure import erase_samples
from aid.services.share_holders import ShareHolder as ShareHolder
from aid.services.share_holders import chosen, refuse_one_country, refuse_strangers
from aid.vault import shares
from aid.vault.actor import Actor
from aid.vault.failures import Tampered

KEEP_DAYS = 30
"""How long a backup is kept, unless the operator says otherwise."""
AT_A_TIME = 100
"""Ring epochs that are sealed to a recovery key in one step."""


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A recovery key in shares. It is nowhere else, and the shares stay here only until each is sealed."""

    threshold: int
    public: bytes
    backup_recipient: str
    mnemonics: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class SharesMade:
    """A generation of shares waits for its holders."""

    generation: int


@dataclass(frozen=True, slots=True)
class OpenedShare:
    """A share's words, in front of its holder."""

    generation: int
    number: int
    words: tuple[str, ...] = field(repr=False)

    @property
    def mark(self) -> str:
        """What its holder writes on the paper, to know later which one it is."""
        return f"{self.generation}-{self.number}"


@dataclass(frozen=True, slots=True)
class ShareConfirmed:
    """A share is on paper. `whole` when it was the one that made them enough."""

    generation: int
    number: int
    whole: bool


@dataclass(frozen=True, slots=True)
class ShareLost:
    """A share is no longer counted on, and so many are left."""

    generation: int
    left: int


@dataclass(frozen=True, slots=True)
class Resealed:
    """So many ring epochs were sealed to the newest recovery key, and so many that one holds are left."""

    done: int
    left: int


def prepare_secret(*, threshold: int, count: int) -> NewSecret:
    """Make a recovery key and its shares: before `make_shares`, outside of the write."""
    if reason := why_not_so_many(threshold=threshold, count=count):
        raise RuleBroken(reason)
    secret = shares.new_secret()
    keys = shares.recovery_keys(secret)
    words = shares.split(secret, threshold=threshold, count=count)
    return NewSecret(threshold, keys.public, keys.backup_recipient, words)


def make_shares(
    session: Session,
    *,
    actor: Actor,
    now: Instant,
    secret: NewSecret,
    holders: tuple[ShareHolder, ...],
    despite_country: bool = False,
) -> SharesMade:
    """Seal each share to its holder, and every ring the maker holds to the new key. Raises RuleBroken.

    `despite_country`: enough of them may lie in one country, since somebody said so on purpose.
    """
    actor.must(Permission.MAKE_SHARES)
    assert len(secret.mnemonics) == len(holders), "a share each"
    people = chosen(session, holders)
    refuse_strangers(session, people, threshold=secret.threshold, now=now)
    if not despite_country:
        refuse_one_country(holders, threshold=secret.threshold)
    session.execute(select(Fund.id).with_for_update())  # of two generations at once, one waits
    session.execute(select(RecoveryKey.generation).order_by(RecoveryKey.generation).with_for_update())
    key = _next_key(session, secret, shares=len(holders), actor=actor, now=now)
    generation = key.generation
    made = [
        _sealed(generation, number, words, holder, people[holder.person_id])
        for number, (words, holder) in enumerate(zip(secret.mnemonics, holders, strict=True), start=1)
    ]
    session.add_all(made)
    _drop_never_whole(session, before=generation)
    for ref in sorted(actor.keyring.memberships):
        rings.seal_to_recovery(session, keys=actor.keyring.ring(ref), generation=generation, public=key.public)
    audit.say(session, "recovery.shares_made", made=[key, *made])
    return SharesMade(generation)


def _next_key(session: Session, secret: NewSecret, *, shares: int, actor: Actor, now: Instant) -> RecoveryKey:
    """The key of the generation after the newest one. Nobody has confirmed a share of it yet."""
    key = RecoveryKey(
        generation=1 + (session.scalar(select(func.max(RecoveryKey.generation))) or 0),
        public=secret.public,
        backup_recipient=secret.backup_recipient,
        threshold=secret.threshold,
        shares=shares,
        made_by_id=actor.id,
        made_at=now.instant,
        confirmed_at=None,
    )
    session.add(key)
    session.flush()
    return key


def _sealed(generation: int, number: int, words: str, holder: ShareHolder, person: Person) -> RecoveryShare:
    sealed = shares.seal_share(
        words, person.hpke_public, generation=generation, number=number, person_id=holder.person_id
    )
    return RecoveryShare(
        generation=generation, number=number, holder_id=holder.person_id, country=holder.country, sealed=sealed
    )


def open_share(session: Session, *, actor: Actor, now: Instant, generation: int, number: int) -> OpenedShare:
    """Show a share to its holder, and to nobody else; that it was shown is written down: for `look`."""
    share, words = _own_words(session, actor=actor, generation=generation, number=number)
    audit.say(session, "recovery.share_shown", subject=share.holder_id)
    return OpenedShare(generation, number, words)


def confirm_share(
    session: Session,
    *,
    actor: Actor,
    now: Instant,
    number: int,
    generation: int,
    words: tuple[tuple[int, str], ...],
    keep_days: int = KEEP_DAYS,
) -> ShareConfirmed:
    """Take two words that the holder typed from paper, by their places; then the fund forgets the share.

    With the share that makes them enough, the generation takes the place of the one before; and if it is the first,
    the families that were made up to practise with are erased. Then the caller overwrites what was deleted.
    `keep_days` is how long a backup is kept. Raises RuleBroken.
    """
    key = _hold(session, generation)
    share, own = _own_words(session, actor=actor, generation=generation, number=number)
    if reason := why_not_these_words(dict(words), own):
        raise RuleBroken(reason, "words")
    confirmation = ShareConfirmation(generation=generation, number=number, at=now.instant)
    session.add(confirmation)
    share.sealed = None
    session.flush()
    whole = key.confirmed_at is None and usable_shares(session, generation) >= key.threshold
    audit.say(session, "recovery.share_confirmed", subject=share.holder_id, made=[confirmation])
    if whole:
        key.confirmed_at = now.instant
        _take_over(session, generation)
        erase_samples(session, actor=actor, now=now, keep_days=keep_days)
    return ShareConfirmed(generation, number, whole)


def report_lost(session: Session, *, actor: Actor, now: Instant, generation: int, number: int) -> ShareLost:
    """Count no longer on a share: its paper is lost or was taken, or its holder can't be reached. Raises RuleBroken."""
    _hold(session, generation)
    share = session.get(RecoveryShare, (generation, number), with_for_update=True)
    if share is None or (share.holder_id != actor.id and not actor.may(Permission.MAKE_SHARES)):
        raise RuleBroken(_("This share is not yours. Ask a coordinator to report it."))
    if session.get(ShareLoss, (generation, number)) is not None:
        raise RuleBroken(_("This share was reported lost already."))
    loss = ShareLoss(generation=generation, number=number, by_id=actor.id, at=now.instant)
    session.add(loss)
    share.sealed = None
    session.flush()
    audit.say(session, "recovery.share_lost", subject=share.holder_id, made=[loss])
    return ShareLost(generation, usable_shares(session, generation))


def reseal(session: Session, *, actor: Actor, now: Instant) -> Resealed:
    """Seal to the newest recovery key whatever ring epochs one holds and it lacks: a step of many."""
    actor.must(Permission.ADMIT)
    key = session.scalars(select(RecoveryKey).order_by(RecoveryKey.generation.desc()).limit(1)).one_or_none()
    if key is None:
        raise RuleBroken(_("There are no recovery shares yet. A coordinator makes them."))
    lacking = [ref for ref in epochs_lacking(session, key.generation) if actor.keyring.holds(ref)]
    for ref in lacking[:AT_A_TIME]:
        rings.seal_to_recovery(session, keys=actor.keyring.ring(ref), generation=key.generation, public=key.public)
    session.flush()
    if key.confirmed_at is not None:
        _forget_older_copies(session, key.generation)
    audit.say(session, "recovery.resealed", subject=actor.id)
    return Resealed(len(lacking[:AT_A_TIME]), len(lacking[AT_A_TIME:]))


def _hold(session: Session, generation: int) -> RecoveryKey:
    """A generation, locked: of two words about its shares at once, the second knows of the first. Raises RuleBroken."""
    key = session.get(RecoveryKey, generation, with_for_update=True)
    if key is None:
        raise RuleBroken(_("This share is not yours."))
    return key


def _own_words(
    session: Session, *, actor: Actor, generation: int, number: int
) -> tuple[RecoveryShare, tuple[str, ...]]:
    share = session.get(RecoveryShare, (generation, number), with_for_update=True)
    if share is None or share.holder_id != actor.id or actor.keyring.private is None:
        raise RuleBroken(_("This share is not yours."))
    if share.sealed is None:
        raise RuleBroken(_("The fund no longer has this share: it is on your paper only, or it was made anew since."))
    place = {"generation": generation, "number": number}
    try:
        return share, shares.open_share(share.sealed, actor.keyring.private, person_id=share.holder_id, **place)
    except Tampered:
        raise RuleBroken(
            _("This share was sealed to keys that you no longer have. Ask a coordinator to make new shares.")
        ) from None


def _take_over(session: Session, generation: int) -> None:
    """This generation is enough: what older ones kept for their holders goes, and their copies of rings it has too."""
    session.execute(update(RecoveryShare).where(RecoveryShare.generation < generation).values(sealed=None))
    _forget_older_copies(session, generation)


def _drop_never_whole(session: Session, *, before: int) -> None:
    """Shares that nobody waits for any more: newer ones were made before they were enough."""
    unfinished = select(RecoveryKey.generation).where(
        RecoveryKey.generation < before, RecoveryKey.confirmed_at.is_(None)
    )
    session.execute(update(RecoveryShare).where(RecoveryShare.generation.in_(unfinished)).values(sealed=None))
    session.execute(delete(RecoveryCopy).where(RecoveryCopy.generation.in_(unfinished)))


def _forget_older_copies(session: Session, generation: int) -> None:
    """Old copies go as soon as the new key has its own: never before, or a ring would be lost to recovery."""
    newer = aliased(RecoveryCopy)
    has_newer = exists().where(
        newer.ring_id == RecoveryCopy.ring_id, newer.epoch == RecoveryCopy.epoch, newer.generation == generation
    )
    session.execute(delete(RecoveryCopy).where(RecoveryCopy.generation < generation, has_newer))
