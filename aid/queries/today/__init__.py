"""What waits for a person today. Each room asks in its own file, and has its line below."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.permissions import Permission
from aid.domain.waiting import Age
from aid.queries.today import (
    backups,
    committee,
    counts,
    custody,
    days,
    donations,
    families,
    figures,
    giving,
    lines,
    meetings,
    money,
    objections,
    people,
    recovery,
    shops,
    stock,
    surveys,
    table,
    vouchers,
)
from aid.queries.today.waiting import Question, Waiting
from aid.vault.actor import Actor

QUESTIONS: tuple[tuple[Permission, Question], ...] = (
    (Permission.LOCK_FUND, recovery.own_share),
    (Permission.MAKE_SHARES, recovery.shares_missing),
    (Permission.ADMIT, recovery.to_seal),
    (Permission.SEE_EXPOSURE, custody.to_warn),
    (Permission.SEE_EXPOSURE, custody.unusual),
    (Permission.SEE_COLLECTIONS, table.strangers_waiting),
    (Permission.KEEP_POINT, days.is_today),
    (Permission.KEEP_POINT, days.not_ready),
    (Permission.KEEP_POINT, counts.to_open),
    (Permission.KEEP_POINT, counts.to_sign),
    (Permission.KEEP_POINT, counts.open_again),
    (Permission.HAND_OUT, vouchers.to_hand_out),
    (Permission.MEND_COLLECTIONS, table.odd_codes),
    (Permission.MEND_COLLECTIONS, counts.left_open),
    (Permission.SEE_COLLECTIONS, table.lists_to_enter),
    (Permission.MEND_COLLECTIONS, table.late_to_decide),
    (Permission.CALL_FAMILIES, surveys.to_find_out),
    (Permission.CALL_FAMILIES, surveys.to_call),
    (Permission.STOP_FUND, custody.to_say_of_stop),
    (Permission.CHANGE_COMMITTEE, committee.to_sign),
    (Permission.VOTE, committee.to_vote_on),
    (Permission.VOTE, meetings.ahead),
    (Permission.VOTE, meetings.papers),
    (Permission.VOTE, meetings.asked),
    (Permission.REGISTER_FAMILIES, meetings.to_answer),
    (Permission.HOLD_MEETINGS, meetings.without_minutes),
    (Permission.ANSWER_OBJECTIONS, objections.overdue),
    (Permission.VOTE, objections.before_committee),
    (Permission.CONFIRM_FAMILIES, families.to_confirm),
    (Permission.IMPORT_FAMILIES, families.lists_to_finish),
    (Permission.RELEASE_MESSAGES, donations.to_release),
    (Permission.PRINT_VOUCHERS, vouchers.to_print),
    (Permission.PRINT_VOUCHERS, vouchers.to_give_back),
    (Permission.PRINT_VOUCHERS, vouchers.counted_otherwise),
    (Permission.PRINT_VOUCHERS, vouchers.expired_lately),
    (Permission.KEEP_ACCOUNTS, vouchers.expired_lately),
    (Permission.KEEP_POINT, vouchers.to_count),
    (Permission.PROPOSE, committee.before_it),
    (Permission.KEEP_POINT, stock.below_zero),
    (Permission.PAY_OUT, stock.to_send),
    (Permission.PAY_OUT, stock.to_pay),
    (Permission.PAY_OUT, shops.to_pay),
    (Permission.AGREE_WITH_SHOPS, shops.without_invoice),
    (Permission.KEEP_POINT, stock.to_count_in),
    (Permission.KEEP_POINT, stock.to_take_in),
    (Permission.KEEP_POINT, stock.losses),
    (Permission.MANAGE_STOCK, stock.to_close),
    (Permission.KEEP_ACCOUNTS, lines.to_explain),
    (Permission.KEEP_ACCOUNTS, lines.without_line),
    (Permission.THANK_DONORS, donations.to_thank),
    (Permission.THANK_DONORS, donations.messages_in_doubt),
    (Permission.RECORD_DONATIONS, donations.to_find),
    (Permission.CONFIRM_MONEY, money.to_look_at),
    (Permission.CONFIRM_MONEY, money.to_correct),
    (Permission.CONFIRM_MONEY, money.to_agree),
    (Permission.CONFIRM_MONEY, shops.to_approve),
    (Permission.CONFIRM_MONEY, money.to_confirm),
    (Permission.CONFIRM_MONEY, giving.to_agree),
    (Permission.DECIDE_DIFFERENCES, money.to_decide),
    (Permission.CLOSE_MONTHS, money.to_close),
    (Permission.RELEASE_FIGURES, figures.to_release),
    (Permission.ADMIT, people.to_admit),
    (Permission.ERASE_FAMILIES, families.to_erase),
    (Permission.WITHDRAW_FAMILIES, families.to_ask_about),
    (Permission.MANAGE_PEOPLE, people.to_enrol),
    (Permission.SEE_CUSTODY, backups.without),
    (Permission.ADMIT, custody.to_reseal),
)
"""Each asks for those who hold a permission; of equal age, what stands higher here comes first."""

_FIRST: Sequence[Age] = (Age.OVERDUE, Age.OLD, Age.NEW)


def waiting_for(session: Session, *, actor: Actor, now: Instant) -> list[Waiting]:
    """What waits for this person, what has waited too long first; nothing of what they may not do."""
    found = [ask(session, actor, now) for permission, ask in QUESTIONS if actor.may(permission)]
    waiting = [each for each in found if each.count]
    return sorted(waiting, key=lambda each: (_FIRST.index(each.age(now)), -(each.days(now) or 0)))
