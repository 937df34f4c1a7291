"""Recovery shares of the test fund, made once a worker and confirmed by those who hold them."""

from functools import cache

from aid.services.recovery import NewSecret, ShareHolder, confirm_share, make_shares, prepare_secret, reseal
from aid.vault.actor import Actor
from tests.make import do

THRESHOLD, HOLDERS = 3, ("marat", "saule", "askar", "zhanna", "yerlan")
COUNTRIES = ("KZ", "KZ", "GE", "DE", "DE")


@cache
def secret() -> NewSecret:
    """The test fund's recovery key: in real life nobody sees all its shares."""
    return prepare_secret(threshold=THRESHOLD, count=len(HOLDERS))


def make_shares_confirmed(
    maker: Actor, holders: list[Actor], *, secret_: NewSecret | None = None, confirmed: int | None = None
) -> int:
    """A generation of shares, confirmed by the first so many of their holders, or by all. Says which generation."""
    new = secret_ or secret()
    made = do(make_shares, actor=maker, secret=new, holders=tuple(map(_place, holders, COUNTRIES)))
    for number, holder in list(enumerate(holders, start=1))[:confirmed]:
        confirm(holder, made.generation, number, new)
    return made.generation


def _place(holder: Actor, country: str) -> ShareHolder:
    assert holder.id is not None
    return ShareHolder(holder.id, country)


def confirm(holder: Actor, generation: int, number: int, secret_: NewSecret) -> None:
    """A holder types two words from their paper."""
    words = secret_.mnemonics[number - 1].split()
    do(confirm_share, actor=holder, generation=generation, number=number, words=((7, words[6]), (31, words[30])))


def reseal_rest(keeper: Actor) -> None:
    """Who holds rings that the maker of the shares does not, seals them to the recovery key too."""
    do(reseal, actor=keeper)
