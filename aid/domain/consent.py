"""What a family is told and agrees to before anything of it is written down. A wording is never changed, only added."""

from collections.abc import Mapping
from types import MappingProxyType

from aid.domain.words import Message, _

CONSENT_WORDINGS: Mapping[int, tuple[Message, ...]] = MappingProxyType(
    {
        1: (
            _(
                "We write down who lives in your family, your phone and address, what happened at work and what "
                "your children need, so that the fund can help you."
            ),
            _(
                "It is kept locked. Volunteers of your own place and the coordinators can read it; "
                "the committee that decides sees needs, but no names; donors see nothing of it."
            ),
            _("Each time somebody opens it, that is written down. We give it to no employer and no authority."),
            _("You may ask at any time what we wrote of you, have it corrected, or leave the register."),
        )
    }
)

LATEST_WORDING = max(CONSENT_WORDINGS)
