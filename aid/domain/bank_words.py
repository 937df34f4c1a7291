"""What banks’ codes and words, and names at the other end, give away: a fee, interest, a union, a language."""

import re
from typing import Final

from aid.domain.donations import DonorKind
from aid.domain.languages import Language

FEE_CODES: Final = frozenset(
    {
        *("CHRG", "COMM", "FEES", "BRKF"),  # ISO 20022, ExternalBankTransactionSubFamily1Code
        *("NCHG", "FCHG", "NCOM", "FCOM", "SCHG"),  # SWIFT, field 61
        *("805", "808", "809"),  # German: closing of an account, fees, fees in other currencies
    }
)

FEE_WORDS = re.compile(
    r"\b(fees?|charges?|commissions?|account (?:maintenance|keeping)|kontof[uü]hrung\w*|geb[uü]hr\w*|entgelte?\w*"
    r"|frais|commissione|comisi[oó]n|provize|poplat\w*|prowizj\w*|op[lł]at[ay]|avgift\w*|gebyr\w*|kosten|spesen"
    r"|комисси\w*|комісі\w*|обслуживани\w*|банк қызмет\w*)",
    re.IGNORECASE,
)
INTEREST_CODES: Final = frozenset(
    {
        "INTR",  # ISO 20022, ExternalBankTransactionFamily1Code and SubFamily1Code
        *("NINT", "FINT", "SINT"),  # SWIFT, field 61
        "814",  # German
    }
)
INTEREST_WORDS = re.compile(
    r"\b(interest|\w*zins(?:en|gutschrift|abrechnung)?|int[eé]r[eê]ts?|interess[ie]n?|intereses|juros|odsetk\w*"
    r"|[uú]rok\w*|kamat\w*|r[aä]nt[aeo]\w*|rente[rn]?|faiz\w*|процент\w*|відсотк\w*|сыйақы\w*|пайыз\w*)\b",
    re.IGNORECASE,
)
UNION_WORDS = re.compile(
    r"\b(unions?|federation|confederation|congress|gewerkschaft\w*|ver\.?di|ig metall|syndicat|sindacato|sindicato"
    r"|zwi[aą]zek|solidarno[sś][cć]|solidarity|fagforening\w*|förbund\w*|forbund\w*|vakbond|fnv|cgt|cgil|ccoo|ugt"
    r"|local \d+|dockers|workers|committee|association|foundation|e\. ?v\.|gmbh|ltd|inc|llp"
    r"|профсоюз\w*|кәсіпода\w*|одағы|федерац\w*|союз|спілка|комитет\w*|қоры?|фонд|тоо|жшс)(?!\w)",
    re.IGNORECASE,
)
_A_NUMBER = r"(?<!\w)\d{1,4}(?:[.,/-]\d{1,4}){0,2}\s?%?(?!\w)"  # a day, a month, a rate: too short for an account
_OWN = re.compile(f"{FEE_WORDS.pattern}|{INTEREST_WORDS.pattern}|{_A_NUMBER}", re.IGNORECASE)
LONGEST_WORD: Final = 22
"""Kontoführungsgebühren, and little more: where a bank leaves spaces out, what follows may be a name."""

READS: Final = {
    "KZ": Language.KK,
    **dict.fromkeys(("RU", "BY", "KG", "UZ", "TJ", "TM", "AM", "UA", "MD"), Language.RU),
}


def is_fee(code: str, *, name: str = "", account: str = "", text: str = "") -> bool:
    """Whether the bank says that it took this for itself, by its codes as a line keeps them.

    Words count only where nobody stands at the other end.
    """
    if FEE_CODES.intersection(re.split(r"[ /+]", code)):
        return True
    return not name and not account and FEE_WORDS.search(text) is not None


def is_interest(code: str, *, name: str = "", account: str = "", text: str = "") -> bool:
    """Whether the bank says that this is interest. Words count only where nobody stands at the other end."""
    if INTEREST_CODES.intersection(re.split(r"[ /+]", code)):
        return True
    return not name and not account and INTEREST_WORDS.search(text) is not None


def own_words(code: str, text: str) -> tuple[str, ...]:
    """Of what a bank writes, its codes and words for its own bookings and short numbers: nobody's name is in them."""
    codes = (part for part in re.split(r"[ /+]", code) if part in FEE_CODES | INTEREST_CODES)
    words = (found.group().strip() for found in _OWN.finditer(text))
    return *codes, *(word for word in words if len(word) <= LONGEST_WORD)


def likely_kind(name: str) -> DonorKind:
    """Whether a name reads like a body of many."""
    return DonorKind.UNION if UNION_WORDS.search(name) else DonorKind.PERSON


def likely_language(country: str) -> Language:
    """In which of the fund's languages somebody of that country is written to."""
    return READS.get(country.upper(), Language.EN)


def country_of(account: str, country: str = "") -> str:
    """Where somebody banks, unless the bank says where they live."""
    return country or (account[:2] if re.match(r"[A-Z]{2}[0-9]{2}", account) else "")
