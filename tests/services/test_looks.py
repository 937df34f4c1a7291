"""Who opens more families in a day than their work explains is reported once, and slowed; work goes on."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.looks import QUOTAS, pause_of, quota_of, why_wait
from aid.domain.permissions import Role
from aid.domain.refusals import RuleBroken
from aid.extensions import db
from aid.extensions import now as this_moment
from aid.models.custody import LookWarning
from aid.models.families import Sighting
from aid.models.records import RecordKind
from aid.perform import look
from aid.queries.exposure import unusual_looks
from aid.services import sightings
from aid.services.allocations import preview
from aid.services.families import open_file
from aid.vault.actor import Actor
from tests.make import rows, see
from tests.make.families import make_family
from tests.make.fund import FoundedFund
from tests.make.programmes import make_programme

QUOTA = 3


@pytest.fixture(autouse=True)
def _small_quota(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sightings, "quota_of", lambda _roles: QUOTA)


def after(moment: Instant, **time: float) -> Instant:
    later = moment.instant + timedelta(**time)
    return Instant(later, later.date())


def opens(actor: Actor, family_id: UUID, now: Instant) -> None:
    look(open_file, actor=actor, now=now, family_id=family_id, why="correct")


def families(fund: FoundedFund, count: int) -> list[UUID]:
    return [make_family(fund, confirmed=False).family_id for _each in range(count)]


def test_who_goes_over_the_quota_is_reported_once_and_slowed(fund: FoundedFund) -> None:
    now = this_moment()
    *within, over, further, last = families(fund, QUOTA + 3)
    for nth, family_id in enumerate(within):
        opens(fund.registrar, family_id, after(now, seconds=nth))
    assert rows(select(LookWarning)) == []

    opens(fund.registrar, over, after(now, seconds=4))
    [warning] = rows(select(LookWarning))
    with pytest.raises(RuleBroken, match=r"unusually many .* Wait 20 seconds"):
        opens(fund.registrar, further, after(now, seconds=14))
    opens(fund.registrar, further, after(now, seconds=35))

    [warning] = rows(select(LookWarning))
    assert (warning.person_id, warning.quota) == (fund.registrar.person_id, QUOTA)
    told = see(unusual_looks, actor=fund.coordinator, now=after(now, minutes=5))
    assert [row.handle for row in told] == ["aigul"]
    opens(fund.registrar2, last, after(now, seconds=76))  # nobody else is slowed


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_what_was_open_already_opens_again_at_once(fund: FoundedFund) -> None:
    now = this_moment()
    opened = families(fund, QUOTA)
    for family_id in (*opened, *opened):
        opens(fund.registrar, family_id, now)

    assert rows(select(LookWarning)) == []
    assert len(rows(select(Sighting))) == 2 * QUOTA


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_list_that_holds_a_family_that_is_known_counts_what_is_new_in_it(fund: FoundedFund) -> None:
    now, person_id = this_moment(), fund.registrar.person_id
    assert person_id is not None
    known, *new = families(fund, QUOTA + 1)
    opens(fund.registrar, known, now)

    for many, unusual in ((new[:-1], False), (new, True)):
        with Session(db.engine.execution_options(writes=True)) as session:
            moment = after(now, seconds=1)
            sightings.saw(
                session, person_id=person_id, families=[known, *many], what=RecordKind.FILE, why="search", now=moment
            )
            assert any(isinstance(row, LookWarning) for row in session.new) is unusual


def test_a_day_later_nobody_is_slowed_any_more(fund: FoundedFund) -> None:
    now = this_moment()
    *within, over = families(fund, QUOTA + 1)
    for family_id in within:
        opens(fund.registrar, family_id, now)

    opens(fund.registrar, over, after(now, hours=25))

    assert rows(select(LookWarning)) == []


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_refused_look_shows_and_records_nothing(fund: FoundedFund) -> None:
    now = this_moment()
    *within, over = families(fund, QUOTA + 2)
    for family_id in within:
        opens(fund.registrar, family_id, now)

    with pytest.raises(RuleBroken):
        opens(fund.registrar, over, now)

    assert over not in {sighting.family_id for sighting in rows(select(Sighting))}


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_round_that_is_computed_is_no_unusual_look(fund: FoundedFund) -> None:
    for _each in range(QUOTA + 2):
        make_family(fund)

    look(preview, actor=fund.coordinator, programme_id=make_programme(fund))

    assert rows(select(LookWarning)) == []


def test_each_roles_work_has_a_quota() -> None:
    assert set(QUOTAS) == set(Role)
    assert quota_of([Role.REGISTRAR, Role.DISTRIBUTOR]) == QUOTAS[Role.DISTRIBUTOR]
    assert quota_of([]) == 0


def test_the_more_was_opened_the_longer_one_waits_but_a_family_at_the_table_never_long() -> None:
    seconds = [pause_of(opened, quota=100, why="search").total_seconds() for opened in (99, 100, 199, 200)]

    assert seconds == [0, 30, 30, 300]
    assert pause_of(500, quota=100, why="collect").total_seconds() == 10
    assert why_wait(timedelta(0)) is None
    assert str(why_wait(timedelta(seconds=0.2))).endswith("Wait 1 second, then open the next one.")
