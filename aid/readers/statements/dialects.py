"""Field :86:, what a bank tells of a line, in the dialects of banks. What no dialect explains stays text."""

import re
from collections.abc import Callable

from aid.domain.payments import is_iban
from aid.readers.statements.german import numbered, sepa_words
from aid.readers.statements.stories import FULL_PART, FULL_ROW, Story, joined, known_reference, tidy

# ---------------------------------------------------------------- between strokes: the Netherlands, Citi

_STROKES = re.compile(
    r"/(TRTP|IBAN|BIC|NAME|REMI|EREF|ORDP|BENM|MARF|CSID|CNTP|RTRN|PURP|ADDR|ISDT|PREF|TRCD|ULTD|ULTC|ULTB|RREF|"
    r"NRTX|SVCL|KREF|INIT|OCMT|CHGS|EXCH|ID|PT|PY|BN|BO|BI|OB|GI|CT|FT|AB|VD|CN|ROC|FREE)/"
)
_STROKES_BEGIN = re.compile(r"\s*/(?:[A-Z]{4}|PT|ID|BO|BN|PY|CT|ROC)/")


def _stroked(rows: list[str], whole: str) -> Story | None:
    """/TRTP/SEPA OVERBOEKING/IBAN/NL…/NAME/…/REMI/USTD//…/EREF/…"""
    if not _STROKES_BEGIN.match(whole):
        return None
    text = "".join(row if len(row) >= FULL_ROW or row.startswith("/") else f"{row} " for row in ["", *rows][1:])
    found = list(_STROKES.finditer(text))
    if not found:
        return None
    parts = {
        each[1]: tidy(text[each.end() : after.start() if after else len(text)]).strip("/ ")
        for each, after in reversed(list(zip(found, [*found[1:], None], strict=True)))
    }
    story = Story(
        name=parts.pop("NAME", "") or parts.pop("BO", "") or parts.pop("BN", ""),
        account=parts.pop("IBAN", "").replace(" ", ""),
        bank=parts.pop("BIC", ""),
        end_to_end=known_reference(parts.pop("EREF", "")),
        mandate=known_reference(parts.pop("MARF", "")),
        order=known_reference(parts.pop("KREF", "") or parts.pop("PREF", "")),
        purpose=parts.pop("PURP", "").removeprefix("CD/"),
        returned=parts.pop("RTRN", ""),
        ultimate=parts.pop("ULTD", "") or parts.pop("ULTC", "") or parts.pop("ULTB", ""),
        original=parts.pop("OCMT", ""),
        charged=parts.pop("CHGS", ""),
        rate=parts.pop("EXCH", ""),
    )
    _remitted(story, parts.pop("REMI", "") or parts.pop("PY", ""))
    if counterparty := parts.pop("CNTP", ""):
        account, bank, name, *_town = (*counterparty.split("/"), "", "", "")
        story.account, story.bank, story.name = story.account or account, story.bank or bank, story.name or name
    if address := parts.pop("ADDR", ""):
        story.address = (address,)
    story.additional = [said for said in parts.values() if said]
    return story


def _remitted(story: Story, said: str) -> None:
    """USTD//a text, or STRD/CUR/a reference."""
    if said.startswith("STRD"):
        reference = said.rpartition("/")[2]
        if reference:
            story.references.append(reference)
    else:
        story.text = said.removeprefix("USTD").strip("/ ")


# ---------------------------------------------------------------- words before parts: Poland, Switzerland

_POLISH = re.compile(r"\b(?:ID IPH|NA RACH|Z RACH|OD|DLA|TYT|TNR)\.?: ")
_SWISS = re.compile(
    r"\b(?:(?P<who>AUFTRAGGEBER|DONNEUR D'ORDRE|MITTENTE|ORDERING PARTY)|"
    r"(?P<what>MITTEILUNGEN|COMMUNICATIONS|COMUNICAZIONI|MESSAGES)):\s?"
)
_SWISS_TAIL = re.compile(r"\s[0-9]{6}CH[0-9A-Z]{8,}\s*$")


def _polish(rows: list[str], whole: str) -> Story | None:
    """911 TRANSAKCJA COLLECT; Z RACH.: …; OD: name  address; TYT.: text; TNR: number."""
    if "TYT.:" not in whole and "TNR:" not in whole:
        return None
    text = "".join(row if len(row) >= FULL_ROW else f"{row} " for row in rows)
    head, *pieces = re.split(r";\s*", text)
    parts = {key.strip(" ."): said.strip() for key, _mark, said in (piece.partition(":") for piece in pieces)}
    who = parts.pop("OD", "") or parts.pop("DLA", "")
    name, *address = re.split(r"\s{2,}", who)
    number = re.match(r"([0-9]{3})\s", head)
    return Story(
        name=name,
        address=tuple(address),
        account=(parts.pop("Z RACH", "") or parts.pop("NA RACH", "")).replace(" ", ""),
        text=tidy(parts.pop("TYT", "")),
        bank_reference=parts.pop("TNR", ""),
        additional=[tidy(head), *(tidy(f"{key}: {said}") for key, said in parts.items() if said)],
        gvc=number[1] if number else "",
    )


def _swiss(rows: list[str], _whole: str) -> Story | None:
    """GIRO AUS … AUFTRAGGEBER: name and address … MITTEILUNGEN: text."""
    text = joined(rows)
    found = list(_SWISS.finditer(text))
    if not found:
        return None
    story = Story(additional=[text[: found[0].start()].strip()])
    for each, after in zip(found, [*found[1:], None], strict=True):
        said = text[each.end() : after.start() if after else len(text)].strip()
        if each["who"]:
            story.name = _SWISS_TAIL.sub("", said).strip()
        else:
            story.text = said
    return story


# ---------------------------------------------------------------- the account in a row: the Netherlands, Hungary

_ACCOUNT_ROW = re.compile(r"([A-Z]{2}[0-9]{2}[A-Z0-9]{11,30})(?:\s+(.*))?")
_DIGITS_ROW = re.compile(r"[0-9]{16}|[0-9]{24}")


def _account_first(rows: list[str], _whole: str) -> Story | None:
    """An IBAN and a name, and the text below."""
    found = _ACCOUNT_ROW.fullmatch(rows[0].strip()) if rows else None
    if not found or not is_iban(found[1]):
        return None
    return Story(name=tidy(found[2] or ""), account=found[1], text=joined(rows[1:]))


_NAMED_LAST = re.compile(r"REK:\s*([A-Z0-9]+)/NAAM:\s*(.*)")


def _named_last(rows: list[str], _whole: str) -> Story | None:
    """A text, and below it REK: account/NAAM: name."""
    for place, row in enumerate(rows):
        if found := _NAMED_LAST.fullmatch(row.strip()):
            return Story(name=tidy(found[2]), account=found[1], text=joined(rows[:place] + rows[place + 1 :]))
    return None


def _digits_second(rows: list[str], _whole: str) -> Story | None:
    """A reference, an account of digits alone, a name, and the text below."""
    if len(rows) < 3 or not _DIGITS_ROW.fullmatch(rows[1].strip()):
        return None
    return Story(bank_reference=rows[0].strip(), account=rows[1].strip(), name=tidy(rows[2]), text=joined(rows[3:]))


DIALECTS: tuple[Callable[[list[str], str], Story | None], ...] = (
    numbered,
    _stroked,
    _polish,
    _swiss,
    _account_first,
    _digits_second,
    _named_last,
)


def story_of(rows: list[str]) -> Story:
    """What these rows tell, by the first dialect that knows them."""
    while rows and not rows[-1].strip():
        rows = rows[:-1]
    whole = "\n".join(rows)
    for dialect in DIALECTS:
        if story := dialect(rows, whole):
            return story
    story = Story(text=joined(rows))
    sepa_words(story, story.text)
    return story


# ---------------------------------------------------------------- :NS:, beside or instead of :86:


def unswift_story(rows: list[str]) -> Story:
    """01 to 14 the text, 15 and 16 the name, 17 what kind of booking, 33 and 34 the other's bank and account."""
    parts = [(row[:2], row[2:].strip()) for row in rows if re.match(r"[0-9]{2}", row)]
    at = dict(parts)
    account = "/".join(filter(None, (at.get("33", ""), at.get("34", ""))))
    return Story(
        name="".join(
            said if len(said) >= FULL_PART else f"{said} " for number, said in parts if number in {"15", "16"}
        ).strip(),
        account=account,
        text=tidy(" ".join(said for number, said in parts if "01" <= number <= "14")),
        additional=[at["17"]] if at.get("17") else [],
    )
