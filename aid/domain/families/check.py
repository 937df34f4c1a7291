"""What is refused of a family as it was typed, because it can't be right."""

from datetime import date

from aid.domain.families.file import Family
from aid.domain.families.members import Member
from aid.domain.families.words import Kinship
from aid.domain.refusals import RuleBroken
from aid.domain.words import Message, _

MOST_MEMBERS = 40  # real tables hold households of 37
MOST_COLLECTORS = 5
LAST_GRADE = 12
OLDEST = 120  # years
OLDEST_PUPIL = 20  # years
LONGEST_NAME = 120
LONGEST_ADDRESS = 300
LONGEST_SIZE = 20
CHECK_WORD_LENGTHS = range(3, 21)


def check_family(family: Family, today: date) -> None:
    """Refuse a family that can't be right, naming the member by number and what to do.

    Fields are named as forms name them: `members-0-born` is the first member's birth date.
    """
    if not family.members:
        raise RuleBroken(_("Write down at least one member of the family."), "members")
    if len(family.members) > MOST_MEMBERS:
        raise RuleBroken(
            _(
                "A family has at most %(most)s members: register the others as a family of their own.",
                most=MOST_MEMBERS,
            ),
            "members",
        )
    for place, member in enumerate(family.members):
        _check_member(member, place, today)
    _check_collectors(family.collectors)
    _check_check_word(family.check_word)
    _check_length(family.phone, 32, "phone", _("The phone number"))
    _check_length(family.address, LONGEST_ADDRESS, "address", _("The address"))
    _check_length(family.workplace, LONGEST_NAME, "workplace", _("The workplace"))
    for field, day in (
        ("dismissed_on", family.dismissed_on),
        ("wages_stopped_on", family.wages_stopped_on),
        ("consent_on", family.consent.given_on),
    ):
        if day and day > today:
            raise RuleBroken(_("%(day)s is still to come: write the day it happened.", day=day), field)


def _check_member(member: Member, place: int, today: date) -> None:
    number, field = place + 1, f"members-{place}"
    _check_length(member.name, LONGEST_NAME, f"{field}-name", _("The name of member %(n)s", n=number))
    _check_length(member.school, LONGEST_NAME, f"{field}-school", _("The school of member %(n)s", n=number))
    _check_length(
        member.clothes_size, LONGEST_SIZE, f"{field}-clothes_size", _("The clothes size of member %(n)s", n=number)
    )
    _check_length(member.shoe_size, LONGEST_SIZE, f"{field}-shoe_size", _("The shoe size of member %(n)s", n=number))
    if member.born and member.born.earliest > today:
        raise RuleBroken(_("Member %(n)s would be born in the future: check the year.", n=number), f"{field}-born")
    if member.born and today.year - member.born.year > OLDEST:
        raise RuleBroken(
            _("Member %(n)s would be over %(most)s years old: check the year.", n=number, most=OLDEST), f"{field}-born"
        )
    if member.grade is None:
        return
    if not 0 <= member.grade <= LAST_GRADE:
        raise RuleBroken(
            _("Member %(n)s: a grade is a number from 0 (preparatory) to %(last)s.", n=number, last=LAST_GRADE),
            f"{field}-grade",
        )
    age = member.age(today)
    if age > OLDEST_PUPIL if age is not None else member.kinship not in (Kinship.CHILD, Kinship.OTHER):
        raise RuleBroken(
            _(
                "Member %(n)s has a grade but is not a child: leave the grade empty or correct the birth date.",
                n=number,
            ),
            f"{field}-grade",
        )


def _check_collectors(collectors: tuple[str, ...]) -> None:
    if not collectors or not collectors[0].strip():
        raise RuleBroken(_("Name the person who may collect for the family."), "collectors")
    if len(collectors) > MOST_COLLECTORS:
        raise RuleBroken(_("At most %(most)s people may collect: name fewer.", most=MOST_COLLECTORS), "collectors")
    for number, name in enumerate(collectors, 1):
        if not name.strip():
            raise RuleBroken(
                _("Collector %(n)s has no name: write one, or leave the line out.", n=number), "collectors"
            )
        _check_length(name, LONGEST_NAME, "collectors", _("The name of collector %(n)s", n=number))


def _check_check_word(word: str) -> None:
    if len(word) not in CHECK_WORD_LENGTHS or not word.isalpha():
        raise RuleBroken(
            _(
                "The check word is one word of %(least)s to %(most)s letters that the family will remember.",
                least=CHECK_WORD_LENGTHS.start,
                most=CHECK_WORD_LENGTHS.stop - 1,
            ),
            "check_word",
        )


def _check_length(text: str | None, most: int, field: str, what: Message) -> None:
    """Refuse text that is too long, or holds characters no one can see or print."""
    if text is None:
        return
    if len(text) > most:
        raise RuleBroken(_("%(what)s is longer than %(most)s characters: shorten it.", what=what, most=most), field)
    if not text.replace("\n", "").isprintable():
        raise RuleBroken(_("%(what)s holds a character that can't be printed: type it again.", what=what), field)
