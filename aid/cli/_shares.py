"""Recovery shares at the command line: from a file, or typed one after another until they are enough."""

from pathlib import Path

import click

from aid.domain.refusals import RuleBroken
from aid.domain.words import Message, _
from aid.vault.shares import NotShares, ShareFault, check_share, combine

_REASONS: dict[ShareFault, Message] = {
    ShareFault.LENGTH: _("A share has 33 words."),
    ShareFault.CHECKSUM: _("One of these words is wrong: compare them with the paper."),
    ShareFault.MIXED: _("These shares belong to different recovery keys. Shares of one key only open it together."),
    ShareFault.FEW: _("These are not enough shares."),
}


def secret_from_shares(file: Path | None) -> bytes:
    """The recovery key's secret, from a file with a share a line, else asked for. Raises RuleBroken."""
    texts = _typed() if file is None else _read(file)
    try:
        return combine(texts)
    except NotShares as wrong:
        raise RuleBroken(why(wrong)) from None


def _read(file: Path) -> list[str]:
    """A share a line; one that can't be right is named by its line, and too few by how many there are."""
    found: dict[int, str] = {}
    threshold = 1
    for number, line in enumerate(file.read_text("utf-8", errors="replace").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            share = check_share(line)
        except NotShares as wrong:
            raise RuleBroken(_("Line %(number)s: %(reason)s", number=number, reason=why(wrong))) from None
        found[share.number], threshold = share.words, share.threshold
    if not found:
        raise RuleBroken(_("There is no share in this file."))
    if len(found) < threshold:
        raise RuleBroken(
            _(
                "These are not enough shares: %(given)s of the %(needed)s that open the fund. Add the others.",
                given=len(found),
                needed=threshold,
            )
        )
    return list(found.values())


def why(wrong: NotShares) -> Message:
    """What is wrong with words that should be shares."""
    if wrong.fault is ShareFault.WORD:
        return _("Word %(place)s is not in the list of words.", place=wrong.word or 0)
    return _REASONS[wrong.fault]


def _typed() -> list[str]:
    """Ask for shares until there are enough of them; one that can't be right is asked for again."""
    found: dict[int, str] = {}
    threshold = 1
    while len(found) < threshold:
        text = click.prompt(f"Share {len(found) + 1} (33 words; the letters are not shown)", hide_input=True, err=True)
        try:
            share = check_share(text)
        except NotShares as wrong:
            click.echo(str(why(wrong)), err=True)
            continue
        if share.number in found:
            click.echo(f"Share {share.number} is here already.", err=True)
            continue
        found[share.number], threshold = share.words, share.threshold
        click.echo(f"Share {share.number} is good. {len(found)} of {threshold}.", err=True)
    return list(found.values())
