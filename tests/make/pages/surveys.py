"""Pages about families that are asked afterwards: drawing them, calling them, and what they tell."""

from aid.domain.surveys.calls import Answer, Received, Said, Waited
from aid.domain.vouchers import VoucherState
from aid.models.surveys import Survey
from tests.make.fund import FoundedFund
from tests.make.pages.visits import Pages, Press, also, at, first, sent
from tests.make.surveys import NOT_THERE, answers_of, ask, calls_of, find_out, make_survey
from tests.make.vouchers import make_vouchers

ALL = Answer(Received.ALL, waited=Waited.SHORT, respected=Said.YES, paid=Said.NO)


def pages_of_surveys(fund: FoundedFund) -> Pages:
    """By the handle of who opens them. Eleven of twelve families are asked, and two say that something is wrong."""
    voucher, *_others = make_vouchers(fund, 12, state=VoucherState.COLLECTED)
    drawn = make_survey(fund, voucher.allocation_id, 12)
    *answered, lacking, found, waits = calls_of(drawn.survey_id)
    for call in answered:
        ask(fund, call.id, ALL)
    for call in (lacking, found):
        ask(fund, call.id, NOT_THERE)
    find_out(fund, found.id)
    open_, told = answers_of(lacking.id)[0].id, answers_of(found.id)[0].id
    closed = first(Survey.id, Survey.number == 1)
    page, calls = f"/surveys/{drawn.survey_id}", f"/surveys/{drawn.survey_id}/calls"
    other = {"allocation": "", "first_day": "2026-01-01", "last_day": "2026-01-02"}
    return {
        "dina": [
            *at("/surveys/", "/surveys/new", page, calls, f"/surveys/calls/{waits.id}"),
            *at(f"/surveys/calls/{lacking.id}/correct", "/surveys/stories", f"/surveys/stories/{open_}"),
            sent("/surveys/new", Press("/surveys/new", {"allocation": str(voucher.allocation_id)})),
            *also(sent("/surveys/new", Press("/surveys/new", other), status=409)),
            *also(f"/surveys/{closed}", f"/surveys/{closed}/calls", f"/surveys/stories?survey={closed}"),
            *also(f"/surveys/stories/{told}", sent(f"/surveys/calls/{waits.id}", status=409)),
            *also(sent(f"/surveys/stories/{open_}", status=409)),
        ],
        "saule": [*also("/surveys/", page)],
        "olga": [*also(page)],
    }
