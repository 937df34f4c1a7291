"""What stands behind a camt entry: one payment's references, texts, parties, other currencies and charges."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Self
from xml.etree.ElementTree import Element

from aid.domain.money import Money
from aid.domain.payments import Charge, Codes, Direction, Foreign, Payment, Returned
from aid.domain.statements import Lost
from aid.readers.statements.figures import Bounds, NotRead, minor_of, too_long
from aid.readers.statements.parties import PartiesPlan
from aid.readers.statements.shapes import NOWHERE, Shape, Texts

FULL_TEXT = 140  # characters: what fills them goes on in the next text without a space
NO_REFERENCE = frozenset({"", "NOTPROVIDED", "NOT PROVIDED", "NONREF", "NOTAVAILABLE", "N/A"})
WAYS = {"CRDT": Direction.CREDIT, "DBIT": Direction.DEBIT}
REFERENCES = ("EndToEndId", "MndtId", "AcctSvcrRef", "UETR", "InstrId", "PmtInfId")

_GERMAN = re.compile(r"([NFS][A-Z0-9]{3})\+(\d{3})(?:\+.*)?")

Tell = Callable[[NotRead, Lost], None]
"""Who is told what could not be read."""


@dataclass(slots=True)
class Entry:
    """An entry laid open, with what its payments have to know of it."""

    nodes: list[Element]
    texts: Texts
    printed: str  # its amount
    minor: int
    currency: str
    way: Direction
    is_reversal: bool
    own: str  # the account of the statement
    bounds: Bounds
    tell: Tell

    @property
    def money(self) -> Money:
        """The entry's own amount."""
        return Money(self.minor, self.currency)

    def text(self, at: int) -> str:
        """The text at a place."""
        text = self.texts[at]
        return text.strip() if text else ""

    def money_at(self, at: int) -> Money | None:
        """An amount that is not the line's own; where it can't be read that is told, and the line stands."""
        if self.repeats(at) and "-" not in self.printed:  # which the line takes for a way
            return self.money
        text = self.text(at)
        if not text:
            return None
        currency = self.nodes[at].get("Ccy", "")
        try:
            return Money(minor_of(text, currency, "."), currency)
        except NotRead as trouble:
            self.tell(trouble, Lost.FIELD)
            return None

    def within(self, start: int, end: int) -> Self:
        """The same entry, of which only one of its payments is laid open."""
        return replace(self, nodes=self.nodes[start:end], texts=[*self.texts[start:end], ""])

    def repeats(self, at: int) -> bool:
        """Whether the entry's own amount stands there once more."""
        return self.texts[at] == self.printed and self.nodes[at].get("Ccy") == self.currency

    def joined(self, places: tuple[int, ...]) -> str:
        """Texts that follow one another, as one."""
        if not places:
            return ""
        if len(places) == 1:
            whole = self.text(places[0])
        else:
            pieces = filter(None, map(self.text, places))
            whole = "".join(piece if len(piece) >= FULL_TEXT else f"{piece} " for piece in pieces).rstrip()
        if len(whole) > self.bounds.text:
            self.tell(too_long(self.bounds), Lost.FIELD)
            return whole[: self.bounds.text]
        return whole


def reference(text: str | None) -> str:
    """A reference, unless the bank only says that there is none."""
    if text is None or text in NO_REFERENCE:
        return ""
    text = text.strip()
    return "" if text.upper() in NO_REFERENCE else text


@lru_cache(maxsize=1024)
def codes_of(domain: str | None, family: str | None, subfamily: str | None, proprietary: str | None) -> Codes:
    """The banks' codes; German banks put SWIFT's four signs and three digits of their own into the proprietary one."""
    own = (proprietary or "").strip()
    german = _GERMAN.fullmatch(own)
    gvc, swift = (german[2], german[1]) if german else ("", "")
    return Codes((domain or "").strip(), (family or "").strip(), (subfamily or "").strip(), own, gvc, swift)


class CodesPlan:
    """Where the codes of a BkTxCd stand."""

    __slots__ = ("places",)

    def __init__(self, shape: Shape, at: int) -> None:
        paths = ("Domn/Cd", "Domn/Fmly/Cd", "Domn/Fmly/SubFmlyCd", "Prtry/Cd")
        self.places = tuple(shape.one(at, f"BkTxCd/{path}") for path in paths)

    def read(self, texts: Texts) -> Codes:
        """The codes; a bank has few, so the same value comes again."""
        domain, family, subfamily, proprietary = self.places
        return codes_of(texts[domain], texts[family], texts[subfamily], texts[proprietary])


class AmountsPlan:
    """Where AmtDtls tells a payment in other currencies."""

    __slots__ = ("is_plain", "places", "rates")

    def __init__(self, shape: Shape, at: int) -> None:
        amounts = ("InstdAmt", "TxAmt", "CntrValAmt")
        self.places = tuple(shape.one(at, f"AmtDtls/{amount}/Amt") for amount in amounts)
        exchanges = [f"AmtDtls/{amount}/CcyXchg" for amount in (*amounts, "AnncdPstngAmt", "PrtryAmt")]
        rate, source, target = ([f"{path}/{name}" for path in exchanges] for name in ("XchgRate", "SrcCcy", "TrgtCcy"))
        self.is_plain = shape.children(shape.one(at, "AmtDtls")) == [shape.one(at, "AmtDtls/TxAmt")]
        self.rates = (shape.one(at, *rate), shape.one(at, *source), shape.one(at, *target))

    def read(self, entry: Entry) -> tuple[Foreign | None, Money | None]:
        """The other amounts, unless only the entry's own is told again; and the payment's in the entry's currency."""
        if self.is_plain and entry.repeats(self.places[1]):
            return None, entry.money
        instructed, transaction, counter_value = (entry.money_at(place) for place in self.places)
        rate, source, target = (entry.text(place) for place in self.rates)
        told = (transaction, counter_value)
        own = next((money for money in told if money and money.currency == entry.currency), None)
        if not rate and all(money in (None, entry.money) for money in (instructed, *told)):
            return None, own
        return Foreign(instructed, transaction, counter_value, rate, source, target), own


class ChargesPlan:
    """Where charges stand: in records since version 3, and before it one by one."""

    __slots__ = ("records",)

    def __init__(self, shape: Shape, at: int) -> None:
        wholes = [(whole, shape.every(whole, "Rcrd")) for whole in shape.every(at, "Chrgs")]
        places = [place for whole, records in wholes for place in (records or (whole,))]
        self.records = [
            (
                shape.one(place, "Amt", "TtlChrgsAndTaxAmt"),
                shape.one(place, "CdtDbtInd"),
                shape.one(place, "Br"),
                shape.one(place, "ChrgInclInd"),
                shape.one(place, "Tp/Cd", "Tp/Prtry/Id", "Tp/Prtry"),
            )
            for place in places
        ]

    def read(self, entry: Entry) -> tuple[Charge, ...]:
        """What was taken."""
        charges: list[Charge] = []
        for amount, way, bearer, included, what in self.records:
            if money := entry.money_at(amount):
                direction = WAYS.get(entry.text(way), Direction.DEBIT)
                said = entry.text(included).lower()
                is_included = said in {"true", "1"} if said else None
                charges.append(Charge(money, direction, entry.text(bearer), is_included, entry.text(what)))
        return tuple(charges)


class PaymentPlan:
    """Where the facts of one TxDtls stand."""

    __slots__ = (
        "additional", "amount", "amounts", "charges", "codes", "parties", "purpose", "references",
        "returned", "structured", "texts", "way", "why",
    )  # fmt: skip

    def __init__(self, shape: Shape, at: int) -> None:
        self.amount, self.way = shape.one(at, "Amt"), shape.one(at, "CdtDbtInd")
        self.references = tuple(shape.one(at, f"Refs/{name}") for name in REFERENCES)
        self.parties = PartiesPlan(shape, at)
        remittance = [place for whole in shape.every(at, "RmtInf") for place in shape.children(whole)]
        self.texts = tuple(text for place in remittance for text in _texts_of(shape, place))
        structured = shape.every(at, "RmtInf/Strd/CdtrRefInf")
        self.structured = tuple(shape.one(place, "Ref", "CdtrRef") for place in structured)
        self.purpose = shape.one(at, "Purp/Cd", "Purp/Prtry")
        self.additional = shape.every(at, "AddtlTxInf")
        self.codes = CodesPlan(shape, at) if shape.every(at, "BkTxCd") else None
        self.amounts = AmountsPlan(shape, at) if shape.every(at, "AmtDtls") else None
        self.charges = ChargesPlan(shape, at) if shape.every(at, "Chrgs") else None
        reasons = ("Rsn/Cd", "Rsn/Prtry", "RtrRsn/Cd", "RtrRsn/Prtry")
        self.returned = shape.one(at, *(f"RtrInf/{path}" for path in reasons))
        self.why = shape.every(at, "RtrInf/AddtlInf") + shape.every(at, "RtrInf/AddtlRtrRsnInf")

    def read(self, entry: Entry) -> Payment:
        """One payment of an entry."""
        texts = entry.texts
        own_way = WAYS.get(entry.text(self.way)) if self.way != NOWHERE else None
        money = entry.money_at(self.amount) if self.amount != NOWHERE else None
        foreign = None
        if self.amounts:
            foreign, in_currency = self.amounts.read(entry)
            if in_currency and (money is None or money.currency != entry.currency):
                money = in_currency
        role = own_way or entry.way
        if entry.is_reversal:  # the parties keep the places they had before
            role = Direction.DEBIT if role is Direction.CREDIT else Direction.CREDIT
        other, ultimate = self.parties.other(texts, way=role, own=entry.own)
        end_to_end, mandate, bank_reference, uetr, instruction, order = self.references
        code = entry.text(self.returned)
        return Payment(
            money.minor if money else None,
            money.currency if money else "",
            own_way,
            other,
            ultimate,
            entry.joined(self.texts),
            tuple(filter(None, map(entry.text, self.structured))) if self.structured else (),
            reference(texts[end_to_end]),
            reference(texts[mandate]),
            reference(texts[bank_reference]),
            reference(texts[instruction]) or reference(texts[order]),
            entry.text(uetr),
            entry.text(self.purpose),
            entry.joined(self.additional),
            self.codes.read(texts) if self.codes else None,
            foreign,
            self.charges.read(entry) if self.charges else (),
            Returned(code, entry.joined(self.why)) if code or self.why else None,
        )


def _texts_of(shape: Shape, at: int) -> tuple[int, ...]:
    """The texts of one part of RmtInf, in order."""
    if shape.name(at) == "Ustrd":
        return (at,)
    if shape.name(at) == "Strd":
        return shape.every(at, "AddtlRmtInf") + shape.every(at, "RfrdDocInf/Nb")
    return ()
