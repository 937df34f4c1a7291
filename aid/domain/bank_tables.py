"""Bank lines as a table, the way banks let one save them as CSV: what each column is, and why it was taken for that."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Self

from aid.domain.layouts import DateOrder
from aid.domain.words import Message, _


class BankColumn(StrEnum):
    """What a column holds."""

    NOTHING = ""
    BOOKED_ON = "booked_on"
    VALUE_ON = "value_on"
    AMOUNT = "amount"
    CREDIT = "credit"
    DEBIT = "debit"
    DIRECTION = "direction"
    CURRENCY = "currency"
    TEXT = "text"
    NAME = "name"
    ACCOUNT = "account"
    BANK = "bank"
    REFERENCE = "reference"
    END_TO_END = "end_to_end"
    MANDATE = "mandate"
    STRUCTURED = "structured"
    KIND = "kind"
    STATUS = "status"
    BALANCE = "balance"
    FEE = "fee"
    OWN_ACCOUNT = "own_account"


FEWEST_KNOWN = 2  # headings by which a row is known for one of headings
SEVERAL = frozenset({BankColumn.NOTHING, BankColumn.TEXT, BankColumn.KIND})
"""What may stand in several columns: they are joined, or left out."""

BANK_COLUMN_TITLES: Mapping[BankColumn, Message] = MappingProxyType(
    {
        BankColumn.NOTHING: _("Leave out"),
        BankColumn.BOOKED_ON: _("Day of booking"),
        BankColumn.VALUE_ON: _("Value date"),
        BankColumn.AMOUNT: _("Amount, with its sign"),
        BankColumn.CREDIT: _("Amount that came"),
        BankColumn.DEBIT: _("Amount that went"),
        BankColumn.DIRECTION: _("Whether it came or went"),
        BankColumn.CURRENCY: _("Currency"),
        BankColumn.TEXT: _("Payment text"),
        BankColumn.NAME: _("Name of the other"),
        BankColumn.ACCOUNT: _("Account of the other"),
        BankColumn.BANK: _("Bank of the other"),
        BankColumn.REFERENCE: _("The bank's reference"),
        BankColumn.END_TO_END: _("The payer's reference"),
        BankColumn.MANDATE: _("Mandate"),
        BankColumn.STRUCTURED: _("Structured reference"),
        BankColumn.KIND: _("Kind of booking"),
        BankColumn.STATUS: _("Whether it is booked"),
        BankColumn.BALANCE: _("Balance after it"),
        BankColumn.FEE: _("Fee"),
        BankColumn.OWN_ACCOUNT: _("Our own account"),
    }
)

_USUAL: Mapping[BankColumn, str] = MappingProxyType(
    {
        BankColumn.BOOKED_ON: "date|booking date|transaction date|posting date|posted on|date booked|completed date|"
        "date completed|booked|buchungstag|buchungsdatum|buchung|datum|boekdatum|boekingsdatum|transactiedatum|"
        "date comptable|date operation|date de comptabilisation|data ksiegowania|data operacji|data contabile|data|"
        "fecha|fecha operacion|дата|дата операции|дата проводки|дата проведения|күні|операция күні|datum zauctovani|"
        "created on|date utc|transaction completed date",
        BankColumn.VALUE_ON: "value date|value|valuta|valutadatum|wertstellung|wert|rentedatum|date valeur|"
        "date de valeur|wertstellungsdatum|data waluty|data valuta|fecha valor|дата валютирования|valuta datum",
        BankColumn.AMOUNT: "amount|betrag|umsatz|bedrag|montant|kwota|importo|importe|сумма|сумма операции|сома|"
        "transaction amount|amount eur|betrag eur|bedrag eur|montant eur|сумма в валюте счета|castka|net",
        BankColumn.CREDIT: "credit|credit amount|paid in|money in|gutschrift|haben|bij|deposit|deposits|кредит|приход|"
        "поступление|uznania|accrediti|entrate|abono|montant credit|crediet|кіріс",
        BankColumn.DEBIT: "debit|debit amount|paid out|money out|belastung|lastschrift|soll|af|withdrawal|withdrawals|"
        "дебет|расход|списание|obciazenia|addebiti|uscite|cargo|montant debit|шығыс",
        BankColumn.DIRECTION: "debit credit|credit debit|dr cr|cr dr|d c|c d|soll haben|s h|af bij|bij af|direction|"
        "credit debit indicator|type debit credit|приход расход|дебет кредит|cdtdbtind",
        BankColumn.CURRENCY: "currency|ccy|waehrung|wahrung|valuta iso|munt|muntsoort|devise|waluta|divisa|moneda|"
        "валюта|account currency|transaction currency",
        BankColumn.TEXT: "description|details|payment details|payment reference|remittance information|narrative|memo|"
        "text|verwendungszweck|mededelingen|omschrijving|omschrijving 1|omschrijving 2|omschrijving 3|libelle|"
        "communication|communications|tytul|tytul operacji|opis operacji|causale|descrizione|concepto|message|note|"
        "назначение платежа|назначение|описание|төлем мақсаты|сипаттама|avisierungstext|buchungsdetails|mitteilung|"
        "transaction details|subject|zprava pro prijemce",
        BankColumn.NAME: "name|payee|payer|counterparty|counterparty name|beneficiary|beneficiary name|from|from name|"
        "to name|payer name|name of other party|auftraggeber|empfanger|absender|wer|donor|получатель|алушы|"
        "naam tegenpartij|tegenpartij|naam|beguenstigter zahlungspflichtiger|"
        "begunstigter zahlungspflichtiger|auftraggeber beguenstigter|auftraggeber begunstigter|zahlungsbeteiligter|"
        "name zahlungsbeteiligter|zahlungspflichtige r|zahlungsempfanger in|partner name|contrepartie|nadawca odbiorca|"
        "naam omschrijving|nom|nom contrepartie|ordinante|контрагент|наименование контрагента|отправитель|плательщик|"
        "жіберуші|төлеуші|auftraggeber empfanger|наименование бенефициара отправителя денег",
        BankColumn.ACCOUNT: "counterparty account|counterparty iban|iban|account number|tegenrekening|"
        "tegenrekening iban bban|kontonummer iban|iban zahlungsbeteiligter|partner iban|payer account|"
        "payer account number|rachunek nadawcy odbiorcy|compte contrepartie|счет контрагента|счёт контрагента|"
        "iban kontonummer|from account|иик бенефициара отправителя денег",
        BankColumn.BANK: "bic|swift|bic swift code|blz|bic zahlungsbeteiligter|counterparty bic|bic tegenpartij|бик",
        BankColumn.REFERENCE: "reference|bank reference|transaction id|transaction reference|id|transferwise id|"
        "volgnr|journal|buchungsreferenz|referenz|referentie|numer referencyjny|номер операции|номер документа|"
        "transactiereferentie|transaction number",
        BankColumn.END_TO_END: "end to end|end to end id|end to end reference|kundenreferenz end to end|"
        "kundenreferenz|customer reference|ende zu ende referenz",
        BankColumn.MANDATE: "mandate|mandate reference|mandatsreferenz|machtigingskenmerk",
        BankColumn.STRUCTURED: "structured reference|creditor reference|betalingskenmerk|gestructureerde mededeling|"
        "qr reference|referenznummer",
        BankColumn.KIND: "type|transaction type|umsatzart|buchungstext|umsatztyp|code|mutatiesoort|rodzaj operacji|"
        "тип операции|түрі|category|kind",
        BankColumn.STATUS: "status|state|info|booking status|статус|күйі",
        BankColumn.BALANCE: "balance|running balance|saldo|saldo nach buchung|saldo na trn|solde|остаток|баланс|"
        "balance after transaction|saldo po operacji|қалдық|kontostand",
        BankColumn.FEE: "fee|fees|charges|gebuhr|gebuehr|комиссия|frais",
        BankColumn.OWN_ACCOUNT: "own account|auftragskonto|bezeichnung auftragskonto|iban auftragskonto|rekening|"
        "rekeningnummer|iban bban|konto|счет|счёт|номер счета|our account|account",
    }
)


def folded_heading(heading: str) -> str:
    """A heading in small letters without marks: "Betrag (€)" and "BETRAG" are one."""
    text = heading.lower().replace("ä", "a").replace("ö", "o").replace("ü", "u").replace("ß", "ss").replace("é", "e")
    text = re.sub(r"\(.*?\)|\[.*?\]", " ", text)
    return " ".join(re.sub(r"[\W_]+", " ", text).split())


HEADINGS: Mapping[str, BankColumn] = MappingProxyType(
    {folded_heading(heading): column for column, headings in _USUAL.items() for heading in headings.split("|")}
)


@dataclass(frozen=True, slots=True)
class StatementMapping:
    """How a table of bank lines is read: each column, and what no column says."""

    columns: tuple[BankColumn, ...]
    header_row: int = 1  # 0: there is none
    dates: DateOrder = DateOrder.DAY_FIRST
    point: str = "."  # the decimal sign
    currency: str = ""  # of all lines, where no column says it
    account: str = ""  # our own, where no column says it
    is_turned: bool = False  # what went is written without a minus, as on a card's bill
    encoding: str = ""
    separator: str = ""
    sheet: str = ""

    @property
    def missing(self) -> tuple[Message, ...]:
        """What has to be said before it can be read."""
        has = {*self.columns}
        missing = []
        if BankColumn.BOOKED_ON not in has and BankColumn.VALUE_ON not in has:
            missing.append(_("Say which column holds the day."))
        if not has & {BankColumn.AMOUNT, BankColumn.CREDIT, BankColumn.DEBIT}:
            missing.append(_("Say which column holds the amount."))
        if BankColumn.CURRENCY not in has and not self.currency:
            missing.append(_("Say which currency the account has."))
        return tuple(missing)

    def place(self, column: BankColumn) -> int | None:
        """At which place a column stands."""
        return self.columns.index(column) if column in self.columns else None

    def plain(self) -> dict[str, Any]:
        """For keeping."""
        return {
            each.name: list(value) if isinstance(value := getattr(self, each.name), tuple) else value
            for each in fields(self)
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Self:
        """What `plain` wrote."""
        columns = tuple(BankColumn(column) for column in plain["columns"])
        return cls(**{**plain, "columns": columns, "dates": DateOrder(plain["dates"])})


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was guessed so; `place` is that of a column, none for the table as a whole."""

    place: int | None
    why: Message


@dataclass(frozen=True, slots=True)
class GuessedMapping:
    """A mapping that somebody may correct, with what each guess rests on."""

    mapping: StatementMapping
    reasons: tuple[Reason, ...]
    headings: tuple[str, ...]


def why_not_remember(headings: Sequence[str]) -> Message | None:
    """Say why these headings may be no headings at all but somebody's payment, or nothing."""
    known = {column for heading in headings if (column := HEADINGS.get(folded_heading(heading)))}
    if len(known) < FEWEST_KNOWN:
        return _("Few of its headings are usual ones, so they may be a payment: the columns are not remembered.")
    return None
