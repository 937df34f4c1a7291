"""A meeting by keyboard alone, on a phone's screen: called, spoken at, minuted from paper."""

from sqlalchemy import select

from aid.models.allocations import Vote
from aid.models.meetings import HeldLine, LineQuestion, Meeting, PaperBallot, QuestionAnswer, Remark
from tests.browser.conftest import WITH_SCRIPTS, WITHOUT_SCRIPTS, HandsOf
from tests.make import rows
from tests.make.allocations import make_allocation
from tests.make.fund import FoundedFund
from tests.make.meetings import lines_of, make_meeting, make_question


@WITH_SCRIPTS
def test_a_coordinator_calls_a_meeting(lived: FoundedFund, hands_of: HandsOf, scripts: bool) -> None:
    make_allocation(lived, families=1)
    before = len(rows(select(Meeting)))
    coordinator = hands_of("dina", scripts=scripts)
    coordinator.page.goto("/meetings/")
    coordinator.presses("main a[href='/meetings/new']")
    coordinator.comes_to("Call a meeting")
    coordinator.types("[name=place]", "Абай 12")
    coordinator.presses("main form button.btn-main")

    assert "is called" in coordinator.page.inner_text("body")
    assert len(rows(select(Meeting))) == before + 1
    coordinator.presses("main a[href$='/place']")
    assert "Абай 12" in coordinator.page.inner_text("main")


@WITHOUT_SCRIPTS
def test_a_line_is_questioned_answered_and_held_out(lived: FoundedFund, hands_of: HandsOf, scripts: bool) -> None:
    allocation_id = make_allocation(lived, families=2).allocation_id
    member = hands_of("marat", scripts=scripts)
    member.page.goto(f"/committee/{allocation_id}")
    member.presses("main a[href*='/lines/1/question']")
    member.chooses("reason", "sum")
    member.types("[name=words]", "Неге сонша?")
    member.presses("main form button.btn-main")
    assert "Неге сонша?" in member.page.inner_text("main")
    member.types("[name=words]", "Бүгін шешейік.")
    member.presses("main form button.btn-main")
    assert "Бүгін шешейік." in member.page.inner_text("main")

    [question] = rows(select(LineQuestion).where(LineQuestion.allocation_id == allocation_id))
    registrar = hands_of("bolat", scripts=scripts)
    registrar.page.goto("/discussion/questions")
    registrar.presses(f"main a[href='/discussion/questions/{question.id}']")
    registrar.types("[name=words]", "Үш бала бар.")
    registrar.presses("main form button.btn-main")
    assert rows(select(QuestionAnswer).where(QuestionAnswer.question_id == question.id))

    coordinator = hands_of("dina", scripts=scripts)
    coordinator.page.goto(f"/discussion/{allocation_id}")
    coordinator.presses("main a[href$='/hold-out']")
    coordinator.ticks("[name=lines]")
    coordinator.chooses("reason", "papers")
    coordinator.presses("main form button.btn-main")
    assert "goes on as version 2" in coordinator.page.inner_text("body")
    assert rows(select(HeldLine.line_id).where(HeldLine.allocation_id == allocation_id)) == [question.line_id]
    assert len(rows(select(Remark).where(Remark.allocation_id == allocation_id))) == 1


@WITH_SCRIPTS
def test_a_paper_is_minuted_and_signed_by_its_member(lived: FoundedFund, hands_of: HandsOf, scripts: bool) -> None:
    allocation_id = make_allocation(lived, families=1).allocation_id
    make_question(lived, lines_of(allocation_id)[0].id)
    meeting = make_meeting(lived, allocation_id)
    coordinator = hands_of("dina", scripts=scripts)
    coordinator.page.goto(f"/meetings/{meeting}")
    coordinator.presses(f"main a[href='/meetings/{meeting}/table']")
    coordinator.ticks("[name=there]")
    coordinator.presses("main form button.btn-main")
    coordinator.presses(f"main a[href='/meetings/{meeting}/paper']")
    coordinator.chooses("member", str(lived.actor("saule").person_id))
    coordinator.presses("main form button.btn-main")
    coordinator.comes_to("A member’s paper")
    coordinator.chooses("choice_1", "no")
    coordinator.presses("main form button.btn-main")
    assert "not signed: does not count" in coordinator.page.inner_text("main")
    assert len(rows(select(PaperBallot).where(PaperBallot.meeting_id == meeting))) == 1

    member = hands_of("saule", scripts=scripts)
    member.page.goto(f"/meetings/{meeting}")
    assert "Your paper waits for your signature." in member.page.inner_text("main")
    member.presses("main a[href*='choice=no']")
    assert member.page.is_checked("[name=choice][value=no]")
    member.types("[name=password]", lived.password("saule"))
    member.presses("main form button.btn-main")

    assert [vote.choice for vote in rows(select(Vote).where(Vote.allocation_id == allocation_id))] == ["no"]
