"""What a camt statement says of itself: its account, its number, its days, its balances and totals."""

from datetime import date
from xml.etree.ElementTree import Element

from aid.domain.money import Money
from aid.domain.payments import Direction, is_iban
from aid.domain.statements import (
    Balance,
    BalanceKind,
    Lost,
    Place,
    Problem,
    ProblemKind,
    StatementBegun,
    StatementFormat,
)
from aid.domain.words import _
from aid.readers.statements.checks import Total
from aid.readers.statements.elements import Parts, all_named, said, text_of, within
from aid.readers.statements.figures import Bounds, NotRead, Refused, iso_day, minor_of
from aid.readers.statements.outline import Names
from aid.readers.statements.parties import ACCOUNTS, BANKS
from aid.readers.statements.payments import WAYS

BALANCES = {
    "OPBD": BalanceKind.OPENING,
    "CLBD": BalanceKind.CLOSING,
    "ITBD": BalanceKind.INTERIM,
    "PRCD": BalanceKind.PREVIOUS_CLOSING,
    "OPAV": BalanceKind.OPENING_AVAILABLE,
    "CLAV": BalanceKind.CLOSING_AVAILABLE,
    "ITAV": BalanceKind.INTERIM_AVAILABLE,
    "FWAV": BalanceKind.FORWARD_AVAILABLE,
    "XPCD": BalanceKind.EXPECTED,
}
TOTALS = (("TtlNtries", None), ("TtlCdtNtries", Direction.CREDIT), ("TtlDbtNtries", Direction.DEBIT))
COUNTED = 9  # digits of a number that is counted with


def number_of(text: str) -> int | None:
    """A count or a page, where it is one."""
    return int(text) if text.isdecimal() and len(text) <= COUNTED else None


def _number(account: str) -> str:
    """An account's number; an IBAN has no spaces and capitals."""
    bare = account.replace(" ", "").upper()
    return bare if is_iban(bare) else account


class Head:
    """What is gathered of one statement beside its entries; `problems` wait until they are told."""

    def __init__(self, number: int, names: Names, bounds: Bounds) -> None:
        self.number = number
        self.parts: Parts = {}
        self.balances: list[Balance] = []
        self.problems: list[Problem] = []
        self._names, self._bounds = names, bounds

    def take(self, name: str, element: Element) -> None:
        """Something that stands beside the entries."""
        if name == "Bal":
            self._take_balance(element)
        else:
            self.parts[name] = element

    def begun(self, format_: StatementFormat, source: str, made_on: date | None) -> StatementBegun:
        """The statement's beginning, of what was said so far."""
        parts, names = self.parts, self._names
        account, spell = parts.get("Acct"), parts.get("FrToDt")
        pages = next((part for name, part in parts.items() if name.endswith("Pgntn")), None)
        last = said(pages, names, "LastPgInd").lower()
        begun = StatementBegun(
            number=self.number,
            format=format_,
            source=source,
            account=_number(said(account, names, *(f"Id/{path}" for path in ACCOUNTS), "Prxy/Id")),
            owner=said(account, names, "Ownr/Nm", "Ownr/Pty/Nm", "Nm"),
            currency=said(account, names, "Ccy") or next((balance.money.currency for balance in self.balances), ""),
            bank=said(within(account, "Svcr/FinInstnId", names), names, *BANKS, "Nm", "NmAndAdr/Nm"),
            id=text_of(parts.get("Id")),
            sequence=text_of(parts.get("ElctrncSeqNb")),
            legal_sequence=text_of(parts.get("LglSeqNb")),
            page=number_of(said(pages, names, "PgNb")),
            is_last_page=last in {"true", "1"} if last else None,
            since=self._day(said(spell, names, "FrDtTm", "FrDt")),
            until=self._day(said(spell, names, "ToDtTm", "ToDt")),
            made_on=self._day(text_of(parts.get("CreDtTm"))) or made_on,
            is_copy=text_of(parts.get("CpyDplctInd")) in {"COPY", "DUPL", "CODU"},
        )
        if not begun.account:
            what = _("it does not say of which account it is")
            self.problems.append(Problem(ProblemKind.NO_ACCOUNT, Place(self.number), what))
        return begun

    def totals(self, currency: str) -> list[Total]:
        """TxsSummry: how many lines there are, and what they add up to; a sum there has no currency of its own."""
        summary = self.parts.get("TxsSummry")
        return [
            self._total(element, way, currency)
            for name, way in TOTALS
            for element in all_named(summary, name, self._names)
        ]

    @property
    def told(self) -> str:
        """What the bank adds about the whole statement."""
        texts = [text_of(part) for name, part in self.parts.items() if name.startswith("Addtl")]
        return " ".join(texts)[: self._bounds.text]

    def _take_balance(self, element: Element) -> None:
        if len(self.balances) >= self._bounds.balances:
            raise Refused(_("a statement in it has more than %(most)s balances", most=self._bounds.balances))
        names = self._names
        code = said(element, names, "Tp/CdOrPrtry/Cd", "Tp/CdOrPrtry/Prtry", "Tp/Cd", "Tp/Prtry")
        amount = within(element, "Amt", names)
        currency = amount.get("Ccy", "") if amount is not None else ""
        try:
            money = Money(minor_of(text_of(amount), currency, "."), currency)
        except NotRead as trouble:
            self._tell(trouble)
            return
        if WAYS.get(said(element, names, "CdtDbtInd")) is Direction.DEBIT:
            money = -money
        day = self._day(said(element, names, "Dt/Dt", "Dt/DtTm", "Dt"))
        is_interim = said(element, names, "Tp/SubTp/Cd", "Tp/SubTp/Prtry") == "INTM"
        self.balances.append(Balance(BALANCES.get(code, BalanceKind.OTHER), money, day, code, is_interim))

    def _total(self, element: Element, way: Direction | None, currency: str) -> Total:
        count, sum_ = (said(element, self._names, name) for name in ("NbOfNtries", "Sum"))
        minor = None
        try:
            minor = minor_of(sum_, currency, ".") if sum_ and currency else None
        except NotRead as trouble:
            self._tell(trouble)
        return Total(way, number_of(count), minor, currency)

    def _day(self, text: str) -> date | None:
        try:
            return iso_day(text) if text else None
        except NotRead as trouble:
            self._tell(trouble)
            return None

    def _tell(self, trouble: NotRead) -> None:
        self.problems.append(Problem(trouble.kind, Place(self.number), trouble.what, Lost.FIELD))
