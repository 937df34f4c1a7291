"""The founding act as rows: what was printed and signed by hand on the first day, and the first certificate."""

import hashlib
from collections.abc import Mapping

from aid.domain.clock import Instant
from aid.domain.fund import FundPlan
from aid.domain.ids import new_id
from aid.domain.permissions import Role
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.backups import BackupRecipient
from aid.models.base import Permanent
from aid.models.committee import Certificate
from aid.models.founding import FoundingAct
from aid.models.fund import Fund
from aid.services.people import TakenSeat
from aid.vault.acts import Act, act_hash
from aid.vault.agefile import is_recipient
from aid.vault.certificates import NOTHING_BEFORE, Committee, Member


def act_of(fund: Fund, plan: FundPlan, taken: Mapping[str, TakenSeat], *, now: Instant) -> Act:
    """What is signed by hand: the committee's keys and rules, and the keys of whoever else was there.

    Raises RuleBroken for a key that no backup could be sealed to: none would ever be made.
    """
    for recipient in plan.backup_recipients:
        if not is_recipient(recipient):
            raise RuleBroken(_("“%(text)s” is no age public key; it begins with age1.", text=recipient[:24]))
    members = {person.handle: person for person in plan.holders(Role.COMMITTEE_MEMBER)}
    committee = Committee(
        fund=fund.id,
        version=1,
        previous=NOTHING_BEFORE,
        members=tuple(
            Member(taken[handle].person_id, handle, taken[handle].keys.voting_public or b"", member.alternate)
            for handle, member in members.items()
        ),
        quorum=plan.quorum,
        notice_hours=plan.notice_hours,
        delay_hours=plan.delay_hours,
        absence_hours=plan.absence_hours,
    )
    others = {
        handle: hashlib.sha256(seat.keys.public).digest() for handle, seat in taken.items() if handle not in members
    }
    return Act(
        fund=fund.id,
        names=fund.names,
        currency=fund.currency,
        languages=tuple(fund.languages),
        time_zone=fund.time_zone,
        committee=committee,
        keys=others,
        backup_recipients=plan.backup_recipients,
        threshold=plan.share_threshold,
        shares=plan.share_count,
        at=now.instant,
    )


def rows_of(act: Act, *, now: Instant) -> tuple[FoundingAct, list[Permanent]]:
    """The act, and beside it the committee's first certificate and whoever else can read backups."""
    content, committee = act.content(), act.committee
    founding = FoundingAct(sole=1, content=content, hash=act_hash(content), made_at=now.instant)
    first = Certificate(
        version=1,
        change_id=None,
        content=committee.content(),
        hash=committee.hash,
        policy_version=1,
        made_at=now.instant,
        effective_at=now.instant,
    )
    recipients = [
        BackupRecipient(id=new_id(), recipient=recipient, label="", named_at=now.instant)
        for recipient in act.backup_recipients
    ]
    return founding, [first, *recipients]
