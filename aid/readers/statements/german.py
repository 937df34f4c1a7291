"""Field :86: in numbered parts, as banks of Germany, Austria, Poland and the Netherlands write it, and SEPA's words."""

import re
from collections.abc import Iterable

from aid.readers.statements.stories import FULL_PART, FULL_ROW, Story, joined, known_reference, tidy

_NUMBERED = re.compile(r"\s*(?P<gvc>[0-9]{3})?(?P<mark>[?>~^@|§])(?=[0-9]{2})")
_READ = frozenset(f"{number}" for number in (10, *range(20, 35), 38, *range(60, 64)))
_RETURNS = frozenset({"108", "109", "159", "184"})
_SEPA = re.compile(
    r"(?:^|(?<=\s))(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|IBAN|BIC|PURP|OAMT|COAM|RREF|RTRN|ANAM|ASTX|MTLG)([+:])\s?"
)


_IDS = frozenset({"EREF", "KREF", "MREF", "CRED"})
LONGEST_ID = 35  # signs, in SEPA


def numbered(rows: list[str], whole: str) -> Story | None:
    """166?00GUTSCHRIFT?20EREF+…?21SVWZ+…?30BIC?31IBAN?32NAME; three digits say what kind of booking it is."""
    begin = _NUMBERED.match(whole)
    if not begin:
        return None
    mark = begin["mark"]
    pieces = _unbroken(rows, mark)[begin.end() - 1 :].split(mark)
    parts: list[tuple[str, str]] = []
    for piece in pieces[1:]:
        if piece[:2].isdecimal():
            parts.append((piece[:2], piece[2:]))
        elif parts and piece:  # the mark stood in a text
            parts[-1] = (parts[-1][0], f"{parts[-1][1]}{mark}{piece}")
    story = Story(gvc=begin["gvc"] or "")
    at = dict(parts)
    _sepa_text(story, [text for number, text in parts if "20" <= number <= "29" or "60" <= number <= "63"])
    story.name = _told(text for number, text in parts if number in {"32", "33"})
    story.account = at.get("38", "").strip() or at.get("31", "").replace(" ", "")
    story.bank = at.get("30", "").strip()
    story.additional += [said for number, text in parts if number not in _READ and (said := tidy(text))]
    if story.gvc in _RETURNS:
        story.returned = at.get("34", "").strip()
    return story


def _unbroken(rows: list[str], mark: str) -> str:
    """Rows of a structured text as one.

    They are cut after 65 signs, wherever that is. A row that is shorter has lost its spaces at the end, or was broken
    before a word that did not fit.
    """
    whole = ""
    for row, after in zip(rows, [*rows[1:], ""], strict=True):
        word = after.partition(" ")[0].partition(mark)[0]
        is_short = len(row) < FULL_ROW < len(row) + 1 + len(word) and mark not in row[-2:]
        whole += f"{row} " if word and is_short else row
    return whole


def _told(texts: Iterable[str]) -> str:
    return joined(texts, FULL_PART)


def _sepa_text(story: Story, texts: list[str]) -> None:
    """The parts of a text, where each may begin with one of SEPA's words."""
    whole = ""
    for text in texts:
        if _SEPA.match(text):
            whole += "\n"
        whole += text if len(text) >= FULL_PART else f"{text} "
    sepa_words(story, whole)


def sepa_words(story: Story, whole: str) -> None:
    """EREF+ an end-to-end id, MREF+ a mandate, SVWZ+ the text itself; without such words all of it is the text."""
    found = [each for each in _SEPA.finditer(whole) if each[2] == "+" or each[1] == "MTLG"]
    if not found:
        story.text = tidy(whole)
        return
    texts = [whole[: found[0].start()]]
    for each, after in zip(found, [*found[1:], None], strict=True):
        said = tidy(whole[each.end() : after.start() if after else len(whole)])
        if each[1] == "SVWZ":
            texts.append(said)
            continue
        if each[1] in _IDS and len(said) > LONGEST_ID:  # the text goes on behind it
            said, _space, more = said.partition(" ")
            texts.append(more)
        _keep(story, each[1], said)
    story.text = tidy(" ".join(texts))


def _keep(story: Story, word: str, said: str) -> None:
    match word:
        case "EREF":
            story.end_to_end = story.end_to_end or known_reference(said)
        case "MREF":
            story.mandate = story.mandate or known_reference(said)
        case "KREF":
            story.order = story.order or known_reference(said)
        case "IBAN":
            story.account = story.account or said.replace(" ", "")
        case "BIC":
            story.bank = story.bank or said
        case "ABWA" | "ABWE" | "ANAM":
            story.ultimate = story.ultimate or said
        case "PURP":
            story.purpose = story.purpose or said
        case "OAMT":
            story.original = story.original or said
        case "COAM":
            story.charged = story.charged or said
        case _:
            story.additional.append(f"{word}+{said}" if word != "MTLG" else said)
