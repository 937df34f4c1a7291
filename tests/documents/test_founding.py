"""The founding act on paper: every key, every rule, the number, and a line for each signature, on one sheet."""

import hashlib
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

import pytest

from aid.documents.founding import act_pdf
from aid.domain.languages import Language
from aid.formats import say
from aid.queries.founding import ActPage
from aid.vault.acts import Act, act_hash
from aid.vault.certificates import NOTHING_BEFORE, Committee, Member
from tests.documents.reading import Printed, said

AT = datetime(2026, 8, 1, 7, 30, tzinfo=UTC)
FUND = UUID(int=7)


def make_act(members: int = 5) -> ActPage:
    seats = tuple(Member(UUID(int=n), f"member-{n}", bytes([n]) * 32, f"next-{n}") for n in range(1, members + 1))
    committee = Committee(
        fund=FUND,
        version=1,
        previous=NOTHING_BEFORE,
        members=seats,
        quorum=3,
        notice_hours=24,
        delay_hours=48,
        absence_hours=72,
    )
    act = Act(
        fund=FUND,
        names={"kk": "Ынтымақ қоры", "ru": "Фонд «Ынтымак»", "en": "Yntymaq Fund"},
        currency="KZT",
        languages=("kk", "ru", "en"),
        time_zone="Asia/Aqtau",
        committee=committee,
        keys={handle: hashlib.sha256(handle.encode()).digest() for handle in ("dina", "erlan")},
        backup_recipients=(),
        threshold=3,
        shares=5,
        at=AT,
    )
    return ActPage(act, act_hash(act.content()).hex(), {"kk": "Көмек"}, demo=False, made_at=AT)


@pytest.mark.parametrize("language", Language)
def test_the_act_says_everything_on_one_sheet_in_each_language(language: Language) -> None:
    page = make_act()

    paper = Printed(act_pdf(page, language))

    text = paper.text()
    assert paper.pages == 1
    assert page.act.names[language.value] in text
    for handle, fingerprint, alternate in page.members:
        assert text.count(handle) == 2
        assert fingerprint in text
        assert str(alternate) in text
    for handle, fingerprint in page.others:
        assert text.count(handle) == 2
        assert fingerprint in text
    for sentence in page.rules:
        assert said(language, partial(say, sentence)) in text
    assert page.grouped_hash in text


def test_a_large_committee_signs_on_a_second_sheet_and_nobody_is_left_out() -> None:
    paper = Printed(act_pdf(make_act(members=16), Language.KK))

    assert paper.pages == 2
    assert all(f"member-{n}" in paper.text(1) for n in range(1, 17))
