"""Who stands at the other end of a camt payment: where they are named, and which of those named they are."""

from aid.domain.payments import Direction, Party
from aid.readers.statements.shapes import NOWHERE, Shape, Texts, text_at

ACCOUNTS = ("IBAN", "Othr/Id", "BBAN", "PrtryAcct/Id", "UPIC")
BANKS = ("BICFI", "BIC", "ClrSysMmbId/MmbId", "Othr/Id", "CmbndId/BIC")
OTHER_SIDE = {"Dbtr": "Cdtr", "Cdtr": "Dbtr"}


class PartyPlan:
    """Where one party's name, account, address and bank stand."""

    __slots__ = ("account", "address", "bank", "country", "is_there", "name", "streets")

    def __init__(self, shape: Shape, parties: int, agents: int, role: str) -> None:
        party = shape.one(parties, f"{role}/Pty", f"{role}/Agt/FinInstnId", role)  # under `Pty` since version 8
        account = shape.one(parties, f"{role}Acct")
        self.name = shape.one(party, "Nm") if party != NOWHERE else NOWHERE
        if self.name == NOWHERE:
            self.name = shape.one(account, "Nm")
        self.account = shape.one(account, *(f"Id/{path}" for path in ACCOUNTS), "Prxy/Id")
        self.country = shape.one(party, "PstlAdr/Ctry", "CtryOfRes")
        self.address = shape.every(party, "PstlAdr/AdrLine")
        pairs = (("StrtNm", "BldgNb"), ("PstCd", "TwnNm"))
        places = [tuple(shape.one(party, f"PstlAdr/{name}") for name in pair) for pair in pairs]
        self.streets = [pair for pair in places if any(place != NOWHERE for place in pair)]
        self.bank = shape.one(agents, *(f"{role}Agt/FinInstnId/{path}" for path in BANKS))
        self.is_there = any(place != NOWHERE for place in (self.name, self.account, self.country, self.bank))
        self.is_there = self.is_there or bool(self.address or self.streets)

    def read(self, texts: Texts) -> Party:
        """The party; where the account is an IBAN it has no spaces."""
        account = (texts[self.account] or "").replace(" ", "").strip()
        lines = tuple(text_at(texts, place) for place in self.address) if self.address else ()
        if self.streets:
            lines += tuple(" ".join(filter(None, (text_at(texts, place) for place in pair))) for pair in self.streets)
        return Party(
            text_at(texts, self.name),
            account,
            text_at(texts, self.country),
            lines,
            text_at(texts, self.bank),
        )


class PartiesPlan:
    """Where both sides of a payment stand, and on whose behalf they act."""

    __slots__ = ("sides", "ultimates")

    def __init__(self, shape: Shape, at: int) -> None:
        parties, agents = shape.one(at, "RltdPties"), shape.one(at, "RltdAgts")
        self.sides = {role: PartyPlan(shape, parties, agents, role) for role in OTHER_SIDE}
        self.ultimates = {role: PartyPlan(shape, parties, NOWHERE, f"Ultmt{role}") for role in OTHER_SIDE}

    def other(self, texts: Texts, *, way: Direction, own: str) -> tuple[Party | None, Party | None]:
        """Who paid, or was paid, and on whose behalf.

        A bank that tells whose side is whose the wrong way round is not believed: who has our account is not the other.
        """
        role = "Dbtr" if way is Direction.CREDIT else "Cdtr"
        plan = self.sides[role]
        other = plan.read(texts) if plan.is_there else None
        is_ours = other is not None and _is_own(other.account, own)
        if other is None or is_ours:
            against = self.sides[OTHER_SIDE[role]]
            instead = against.read(texts) if against.is_there else None
            if instead and not _is_own(instead.account, own) and (instead.account or (is_ours and instead.name)):
                other, role = instead, OTHER_SIDE[role]
        ultimate = self.ultimates[role]
        return other, ultimate.read(texts) if ultimate.is_there else None


def _is_own(account: str, own: str) -> bool:
    """Whether it is our own account, in whatever way it is written."""
    if not account or not own:
        return False
    account = account.lstrip("0")
    return account == own.lstrip("0") or (len(account) > 5 and own.endswith(account))
