"""The sample fund's first weeks, played through the same services that pages call, on a clock of its own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from aid.cli.demo.day_ends import count_a_day
from aid.cli.demo.days import plan_next_days, plan_to_hand_out
from aid.cli.demo.donors import know_donors
from aid.cli.demo.figures import FRIENDS, publish_figures
from aid.cli.demo.giving import offer_to_donors
from aid.cli.demo.goods import help_in_kind
from aid.cli.demo.households import families_live_on
from aid.cli.demo.lists import bring_lists
from aid.cli.demo.meetings import hold_meetings
from aid.cli.demo.money import EARLY_GIFTS, GIFTS, close_first_month, receive_gifts, receive_money_from_abroad
from aid.cli.demo.objections import families_object
from aid.cli.demo.offline import day_without_network
from aid.cli.demo.people import User, found_with_people, key
from aid.cli.demo.piles import hand_over
from aid.cli.demo.programmes import write_and_share
from aid.cli.demo.shops import deal_with_a_shop
from aid.cli.demo.statements import explain_statement
from aid.cli.demo.surveys import ask_families
from aid.documents.decisions import decision_record
from aid.documents.keeping import kept_forms
from aid.documents.record import record_pdf
from aid.documents.vouchers.sheets import voucher_sheets
from aid.domain.clock import Instant
from aid.domain.entitlement import GradeAmount, ProgrammeRule
from aid.domain.families import Circumstance
from aid.domain.fund import FundPlan
from aid.domain.months import Month
from aid.domain.permissions import Role
from aid.domain.quorum import Choice
from aid.extensions import reading
from aid.jobs.backups import back_up
from aid.models.allocations import Allocation, AllocationVersion
from aid.models.families import Family
from aid.models.fund import Locality, Point, Purpose
from aid.models.vouchers import Voucher
from aid.perform import look, perform
from aid.queries import papers
from aid.queries.committee import record_of
from aid.readers.families import read_families
from aid.readers.fund_file import read_fund_file
from aid.readers.mappings import mapping_named
from aid.readers.tables import read_table
from aid.services.allocations import Proposed, propose
from aid.services.collections.handing_out import Collected, CollectionOrder, collect
from aid.services.committee import VoteOrder, cast_vote, signing_key
from aid.services.confirmations import confirm
from aid.services.families import open_file
from aid.services.imports.bringing import Household, chunks, import_households
from aid.services.programmes import ProgrammeOrder, write_programme
from aid.services.vouchers.printed import PrintedPaper
from aid.services.vouchers.printing import Printed, print_vouchers

HERE = Path(__file__).parent
LEFT_UNCONFIRMED = 4

Said = Callable[[str], None]


def plan_of_demo() -> FundPlan:
    """The sample fund's plan."""
    return read_fund_file((HERE / "fund.toml").read_bytes())


@dataclass(slots=True)
class Story:
    """What has happened so far, and when it is."""

    say: Said  # tells whoever watches what is being done
    out: Path | None  # where documents go, if they are wanted
    clock: datetime
    zone: ZoneInfo
    users: Mapping[str, User] = field(default_factory=dict)
    documents: list[Path] = field(default_factory=list)

    @property
    def now(self) -> Instant:
        """The story's present."""
        return Instant.at(self.clock, self.zone)

    def wait(self, **time: float) -> None:
        """Let time pass."""
        self.clock += timedelta(**time)

    def print(self, name: str, pdf: bytes) -> None:
        """Put a document where it is wanted."""
        if self.out:
            path = self.out / name
            path.write_bytes(pdf)
            self.documents.append(path)

    def print_vouchers(self, name: str, allocation_id: UUID, point: Point) -> Printed:
        """Print an allocation's vouchers for a point, and put their sheets where they are wanted."""
        coordinator, look = self.the(Role.COORDINATOR).actor(), papers.style(reading())
        what = {"allocation_id": allocation_id, "point_id": point.id, "format": look.format}
        printed = perform(key(), print_vouchers, actor=coordinator, now=self.now, **what)
        assert printed.papers is not None, "these were printed just now"
        if self.out:
            self.print(name, b"".join(voucher_sheets(printed.papers, style=look, kept=kept_forms())))
        return printed

    def with_role(self, role: Role) -> list[User]:
        """Everybody of one role."""
        return [user for user in self.users.values() if role in user.roles]

    def the(self, role: Role) -> User:
        """The first of a role."""
        return self.with_role(role)[0]


def play(*, say: Said, out: Path | None) -> Story:
    """Play the whole chain, from founding to collections, and leave one proposal open."""
    plan = plan_of_demo()
    zone, at_work = ZoneInfo(plan.time_zone), datetime.now(UTC) - timedelta(days=18)
    story = Story(say, out, month_before(at_work, zone), zone)
    say("Founding the sample fund, and letting its people enrol")
    story.users = found_with_people(plan, now=story.now)
    story.wait(hours=5)
    receive_gifts(story, EARLY_GIFTS)
    receive_gifts(story, FRIENDS, minutes=4)
    story.clock = at_work
    close_first_month(story)
    story.wait(hours=5)
    hardship = _from_families_to_collections(story)
    _tell_of_the_rest(story, hardship)
    story.say("Making a backup that only the recovery shares open")
    back_up()
    return story


def _from_families_to_collections(story: Story) -> UUID:
    """The chain itself: families, programmes, rounds, vouchers, days. Returns a programme that nothing was given by."""
    _import_families(story)
    story.wait(days=2)
    _confirm_families(story)
    receive_gifts(story, GIFTS)
    story.wait(days=3)
    school, daily, hardship = _write_programmes(story)
    carried = [_round(story, programme) for programme in (school, daily)]
    story.wait(days=2)
    for number, allocation_id in enumerate(carried, start=1):
        _print_and_collect(story, allocation_id, number=number)
    help_in_kind(story)
    day_without_network(story)
    story.wait(days=1)
    count_a_day(story)
    ask_families(story, carried[0])
    deal_with_a_shop(story, carried[1])
    return hardship


def _tell_of_the_rest(story: Story, hardship: UUID) -> None:
    """What goes on beside it: money from abroad, donors, meetings, objections, families' lives, figures."""
    story.say("Leaving one more proposal for the committee")
    coordinator = story.the(Role.COORDINATOR)
    perform(key(), propose, actor=coordinator.actor(), now=story.now, programme_id=hardship)
    receive_money_from_abroad(story)
    explain_statement(story, "eur-1", reference=offer_to_donors(story, "eur-1"))
    know_donors(story)
    hold_meetings(story)
    write_and_share(story)
    families_object(story)
    families_live_on(story)
    bring_lists(story)
    plan_next_days(story)
    publish_figures(story)


def month_before(moment: datetime, zone: ZoneInfo) -> datetime:
    """A morning three days before the month of a moment began: what is booked then, a month is closed with."""
    day = Month.of(moment.astimezone(zone).date()).first - timedelta(days=3)
    return datetime.combine(day, time(10), zone).astimezone(UTC)


def _import_families(story: Story) -> None:
    """Each registrar brings the families of their own locality from one list."""
    read = read_families(
        read_table("families.csv", (HERE / "families.csv").read_bytes()), mapping_named("komek"), story.now.today
    )
    assert not read.bad, "the sample list is whole"
    story.say(f"Importing {len(read.good)} families")
    codes = {locality.id: locality.code for locality in reading().scalars(select(Locality))}
    for registrar in story.with_role(Role.REGISTRAR):
        actor = registrar.actor()
        own = {codes[locality] for locality in actor.localities}
        households = [
            Household(row.external_id, row.locality, row.point, row.family)
            for row in read.good
            if row.locality in own and row.point
        ]
        for chunk in chunks(households):
            perform(key(), import_households, actor=actor, now=story.now, households=chunk)


def _confirm_families(story: Story) -> None:
    """The confirmer opens each file and confirms the family; a few are left waiting."""
    story.say("Confirming them, one by one")
    actor = story.the(Role.CONFIRMER).actor()
    families = reading().execute(select(Family.id, Family.version).order_by(Family.registered_at, Family.id)).all()
    for family_id, version in families[:-LEFT_UNCONFIRMED]:
        look(open_file, actor=actor, now=story.now, family_id=family_id, why="confirm")
        perform(key(), confirm, actor=actor, now=story.now, family_id=family_id, version=version)
        story.wait(minutes=4)


def _write_programmes(story: Story) -> list[UUID]:
    """Three aid rules: for school, for daily needs, and for hardship."""
    story.say("Writing three programmes")
    tenge = 100
    grades = (GradeAmount(0, 4, 35_000 * tenge), GradeAmount(5, 8, 45_000 * tenge), GradeAmount(9, 12, 50_000 * tenge))
    school = _rule(per_grade=grades, cap=200_000 * tenge)
    daily = _rule(per_family=40_000 * tenge, per_member=8_000 * tenge, cap=110_000 * tenge)
    struck = frozenset({Circumstance.DETAINED, Circumstance.BEREAVED, Circumstance.ILL, Circumstance.HOME_BURNT})
    hardship = _rule(per_family=75_000 * tenge, eligible=struck)
    titles: Sequence[tuple[str, str, str, str, ProgrammeRule]] = (
        ("school", "Мектепке жол", "Дорога в школу", "Ready for school", school),
        ("daily", "Бір айлық азық-түлік", "Продукты на месяц", "A month's food", daily),
        ("general", "Қиындыққа тап болғандарға", "Помощь в беде", "Help in hardship", hardship),
    )
    actor = story.the(Role.COORDINATOR).actor()
    purposes = {purpose.code: purpose.id for purpose in reading().scalars(select(Purpose))}
    written = []
    for purpose, kk, ru, en, rule in titles:
        order = ProgrammeOrder(
            titles={"kk": kk, "ru": ru, "en": en}, purpose_id=purposes[purpose], rule=rule, valid_days=30, grace_days=7
        )
        written.append(perform(key(), write_programme, actor=actor, now=story.now, order=order).programme_id)
    return written


def _rule(
    *,
    per_family: int = 0,
    per_member: int = 0,
    per_grade: tuple[GradeAmount, ...] = (),
    cap: int | None = None,
    eligible: frozenset[Circumstance] = frozenset(),
) -> ProgrammeRule:
    return ProgrammeRule("KZT", eligible, per_family, per_member, 0, per_grade, cap)


def _round(story: Story, programme_id: UUID) -> UUID:
    """A round is proposed, and three members sign their yes."""
    coordinator = story.the(Role.COORDINATOR).actor()
    proposed: Proposed = perform(key(), propose, actor=coordinator, now=story.now, programme_id=programme_id)
    story.say(f"Round {proposed.number} is put to the committee, and three members vote")
    for member in story.with_role(Role.COMMITTEE_MEMBER)[:3]:
        story.wait(hours=2)
        actor = member.actor()
        version = reading().get_one(AllocationVersion, (proposed.allocation_id, proposed.version))
        signing = signing_key(reading(), actor=actor, password=member.password)
        order = VoteOrder(
            allocation_id=proposed.allocation_id,
            version=version.version,
            content_root=version.content_root,
            choice=Choice.YES,
        )
        perform(key(), cast_vote, actor=actor, now=story.now, order=order, signing=signing)
    return proposed.allocation_id


def _print_and_collect(story: Story, allocation_id: UUID, *, number: int) -> None:
    """The decision's record and its vouchers are printed, and a third of the families collect."""
    coordinator = story.the(Role.COORDINATOR).actor()
    record = record_of(reading(), actor=coordinator, allocation_id=allocation_id)
    assert record is not None, "it was decided"
    language = coordinator.language
    story.print(f"record-{number}.pdf", record_pdf(decision_record(record, language), language))
    for point in reading().scalars(select(Point).order_by(Point.code)).all():
        chosen = select(func.count()).where(Voucher.allocation_id == allocation_id, Voucher.point_id == point.id)
        if not reading().scalar(chosen):
            continue
        if number == 1:
            plan_to_hand_out(story, point, story.now.today)
        story.say(f"Printing the vouchers of round {number} for {point.names['en']}, and handing out a third")
        printed = story.print_vouchers(f"vouchers-{number}-{point.code}.pdf", allocation_id, point)
        assert printed.papers is not None, "these were printed just now"
        hand_over(story, point, printed)
        _hand_out(story, point, printed.papers[::3])


def _hand_out(story: Story, point: Point, papers: Sequence[PrintedPaper]) -> None:
    distributor = next(user for user in story.with_role(Role.DISTRIBUTOR) if point.id in user.actor().points)
    actor = distributor.actor()
    for paper in papers:
        story.wait(minutes=3)
        order = CollectionOrder(point.id, paper.digits, 0)
        outcome = perform(key(), collect, actor=actor, now=story.now, order=order)
        assert isinstance(outcome, Collected), outcome


def counted(kind: type[Family] | type[Voucher] | type[Allocation]) -> int:
    """How many there are."""
    return reading().scalar(select(func.count()).select_from(kind)) or 0
