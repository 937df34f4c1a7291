"""What the public page offers: accounts in a holder's name as the bank knows it, and campaigns to give for."""

import unicodedata
from collections.abc import Collection, Mapping
from typing import Final

from stdnum import bic as bic_rules
from stdnum import iban as iban_rules
from stdnum.exceptions import ValidationError

from aid.domain.epc import LONGEST_HOLDER
from aid.domain.fund import LONGEST_NAME
from aid.domain.refusals import RuleBroken
from aid.domain.words import _

MOST_ACCOUNTS: Final = 12


def checked_holder(written: str) -> str:
    """The holder of an account in one line. Raises RuleBroken beside its field."""
    holder = " ".join(written.split())
    if not holder or len(holder) > LONGEST_HOLDER or any(unicodedata.category(sign)[0] == "C" for sign in holder):
        longest = LONGEST_HOLDER
        raise RuleBroken(
            _(
                "Write in whose name the account is, as the bank knows it, in up to %(longest)s letters.",
                longest=longest,
            ),
            field="holder",
        )
    return holder


def checked_bic(written: str) -> str | None:
    """The BIC of an account's bank; nothing where none was written. Raises RuleBroken beside its field."""
    if not written.strip():
        return None
    try:
        return str(bic_rules.validate(written))
    except ValidationError:
        raise RuleBroken(_("This is no BIC: it has 8 or 11 letters and digits. Copy it again."), field="bic") from None


def checked_iban(iban: str | None) -> str:
    """An account's IBAN, looked at once more before everybody sees it. Raises RuleBroken beside its field."""
    if not iban or not iban_rules.is_valid(iban):
        raise RuleBroken(
            _("The books know no IBAN of this account, so nobody can be told where to pay."), field="holder"
        )
    return str(iban_rules.compact(iban))


def spaced(iban: str) -> str:
    """An IBAN as it is read and copied: by fours."""
    return str(iban_rules.format(iban))


def checked_names(names: Mapping[str, str], *, languages: Collection[str]) -> dict[str, str]:
    """What a campaign is called in each of the fund's languages. Raises RuleBroken beside its field."""
    said = {}
    for language in languages:
        name = " ".join(names.get(language, "").split())
        if not name or len(name) > LONGEST_NAME:
            raise RuleBroken(
                _("Write what it is called, in up to %(longest)s letters.", longest=LONGEST_NAME),
                field=f"name_{language}",
            )
        said[language] = name
    return said
