"""In which way a donation is to be thanked for: as its donor wished, or the next best with the reason said."""

from dataclasses import dataclass

from aid.domain.donations import DonorDetails, ThanksWish
from aid.domain.mails import why_no_mail_to
from aid.domain.words import Message, _

LETTER, EMAIL, PUBLISHED = ThanksWish.LETTER, ThanksWish.EMAIL, ThanksWish.PUBLISHED
NO_ADDRESS = _(
    "They wish to be thanked by e-mail, but no e-mail address of theirs is known that can be written to. "
    "Ask them for it, or print the letter."
)
NO_SERVER = _(
    "They wish to be thanked by e-mail, but no mail server is set up for this fund. "
    "Print the letter, or ask the administrator to set one up."
)
NO_WORKER = _(
    "They wish to be thanked by e-mail, but the fund’s worker does not run just now. Wait for it, or print the letter."
)


@dataclass(frozen=True, slots=True)
class Offered:
    """The way that is offered first, and the others; `why` says why it is not as they wished."""

    first: ThanksWish | None  # none: what they wish can be done in a while
    others: tuple[ThanksWish, ...]
    why: Message | None = None
    lacks_address: bool = False  # which somebody can write down


def offered(donor: DonorDetails | None, *, has_server: bool, worker_runs: bool) -> Offered:
    """How to thank this donor now."""
    has_address = why_no_mail_to(donor.email if donor else None) is None
    mails = (EMAIL,) if has_address and has_server and worker_runs else ()
    wish = donor.thanks if donor else None
    if donor is None or wish is None:
        return Offered(LETTER, (*mails, PUBLISHED))
    if wish is ThanksWish.NOT_AT_ALL:
        return Offered(wish, (PUBLISHED,))
    if wish is PUBLISHED:
        return Offered(PUBLISHED, (LETTER, *mails))
    if wish is LETTER:
        return Offered(LETTER, (*mails, PUBLISHED))
    if mails:
        return Offered(EMAIL, (LETTER, PUBLISHED))
    if not has_address:
        return Offered(LETTER, (PUBLISHED,), NO_ADDRESS, lacks_address=True)
    return Offered(LETTER, (PUBLISHED,), NO_SERVER) if not has_server else Offered(None, (LETTER, PUBLISHED), NO_WORKER)
