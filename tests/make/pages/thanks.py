"""Pages about thanks: who waits, what is sent, the fund's own texts, and what everybody may read."""

from aid.domain.mails import MailState
from aid.models.donations import Thanks, ThanksWay
from aid.models.thanks import PublishedThanks, ThanksMail
from tests.make.donations import make_donation
from tests.make.fund import FoundedFund
from tests.make.pages.visits import Pages, Press, also, at, first, sent


def pages_of_thanks(fund: FoundedFund) -> Pages:
    """By the handle of who opens them; a stranger sees what is published."""
    failed, sent_ = (first(ThanksMail.id, ThanksMail.state == state) for state in (MailState.FAILED, MailState.SENT))
    batch = first(ThanksMail.job_id)
    shown = first(PublishedThanks.thanks_id, PublishedThanks.line.is_not(None))
    on_the_page = first(Thanks.donation_id, Thanks.id == shown)
    mailed = first(Thanks.donation_id, Thanks.way == ThanksWay.EMAIL)
    waiting = make_donation(fund)
    return {
        "": at("/thanks/published"),
        "timur": [
            *at("/thanks/", f"/thanks/batches/{batch}", f"/thanks/messages/{failed}"),
            sent("/thanks/", Press(to="/check", button="way=letter")),
            *at(f"/thanks/{waiting}/publish", f"/thanks/{on_the_page}/take-off"),
            *at("/thanks/texts/", "/thanks/texts/en"),
            *also("/thanks/texts/new", "/thanks/texts/kk", f"/thanks/messages/{sent_}", f"/donations/{mailed}"),
            sent("/thanks/texts/kk", Press(button="step=show")),
        ],
        "olga": also(f"/donations/{mailed}"),
    }
