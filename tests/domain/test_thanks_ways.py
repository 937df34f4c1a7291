"""How a donation is to be thanked for: as its donor wished, or else the next best, with the reason."""

from dataclasses import replace

import pytest

from aid.domain.donations import DonorDetails, DonorKind, ThanksWish
from aid.domain.languages import Language
from aid.domain.thanks_ways import NO_ADDRESS, NO_SERVER, NO_WORKER, Offered, offered
from aid.domain.words import Message

LETTER, EMAIL, PUBLISHED, NOT = ThanksWish.LETTER, ThanksWish.EMAIL, ThanksWish.PUBLISHED, ThanksWish.NOT_AT_ALL
INGRID = DonorDetails(
    kind=DonorKind.PERSON,
    name="Ingrid",
    address=("Storgata 7",),
    email="ingrid@example.org",
    language=Language.EN,
    never_named=False,
)


def way(donor: DonorDetails | None, *, server: bool = True, worker: bool = True) -> Offered:
    return offered(donor, has_server=server, worker_runs=worker)


@pytest.mark.parametrize("wish", list(ThanksWish))
def test_who_can_be_thanked_as_they_wish_is_offered_just_that(wish: ThanksWish) -> None:
    found = way(replace(INGRID, thanks=wish))

    assert (found.first, found.why) == (wish, None)
    assert wish not in found.others


@pytest.mark.parametrize(
    ("changed", "server", "worker", "first", "why"),
    [
        ({"email": None}, True, True, LETTER, NO_ADDRESS),
        ({"email": "ingrid@"}, True, True, LETTER, NO_ADDRESS),
        ({"email": None}, False, False, LETTER, NO_ADDRESS),
        ({}, False, False, LETTER, NO_SERVER),
        ({}, True, False, None, NO_WORKER),
    ],
)
def test_a_message_that_can_not_be_sent_is_not_offered_and_the_reason_is_said(
    changed: dict[str, str | None], server: bool, worker: bool, first: ThanksWish | None, why: Message
) -> None:
    found = way(replace(INGRID, thanks=EMAIL, **changed), server=server, worker=worker)  # type: ignore[arg-type]

    assert (found.first, found.why) == (first, why)
    assert EMAIL not in found.others
    assert found.lacks_address == (why is NO_ADDRESS)


def test_who_was_never_asked_gets_a_letter_and_whose_record_is_closed_too() -> None:
    assert (way(INGRID).first, way(INGRID).others) == (LETTER, (EMAIL, PUBLISHED))
    assert (way(None).first, way(None).others) == (LETTER, (PUBLISHED,))
