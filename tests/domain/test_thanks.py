"""What a message of thanks says: only what stands in its text, with a closed list of places."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aid.domain.codes import gift_code, parse_gift_code
from aid.domain.refusals import RuleBroken
from aid.domain.thanks import IN_BODY, PLACES, ThanksText, check_text, facts_of, paragraphs_of, put_together

TEXT = ThanksText(
    language="nb",
    own_name="Norsk",
    subject="Takk fra {fund}",
    greeting="Kjære {name},",
    unnamed="Kjære venn,",
    body="Gaven din er kommet frem.\n\nBeløp: {amount}\nDag: {day}\nKode: {code}\n\nDen går til {purpose}.",
    closing="Med respekt\n{fund}",
)
VALUES = dict.fromkeys(IN_BODY, "x") | {"amount": "25 €", "fund": "Qainar", "code": "1234", "day": "5 August"}


def test_a_text_of_any_language_is_taken() -> None:
    check_text(TEXT)


def test_everything_is_put_in_its_place() -> None:
    said = put_together(TEXT, name="Ingrid Solheim", values=VALUES)

    assert said.subject == "Takk fra Qainar"
    assert said.plain.startswith("Kjære Ingrid Solheim,\n\nGaven din")
    assert facts_of(said.paragraphs[1]) == (("Beløp", "25 €"), ("Dag", "5 August"), ("Kode", "1234"))
    assert facts_of(said.paragraphs[2]) == ()


def test_who_has_no_name_is_greeted_without_one() -> None:
    assert put_together(TEXT, name=None, values=VALUES).greeting == "Kjære venn,"


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("language", "../x"),
        ("language", "Norsk"),
        ("subject", "Takk {name}"),
        ("subject", "Takk\nBcc: all@example.org"),
        ("greeting", "Kjære"),
        ("greeting", "Kjære {name} {code}"),
        ("unnamed", "Kjære {name}"),
        ("body", TEXT.body.replace("{code}", "")),
        ("body", TEXT.body + "{name}"),
        ("body", TEXT.body + "{{ config }}"),
        ("body", TEXT.body + "{% include 'x' %}"),
        ("body", TEXT.body + "{amount.__class__}"),
        ("body", TEXT.body + "{amount!r}"),
        ("body", TEXT.body + "{in_words}"),
        ("body", TEXT.body + "\0"),
        ("closing", ""),
        ("closing", "x" * 401),
        ("own_name", "{fund}"),
    ],
)
def test_what_is_no_text_is_refused_beside_its_field(field: str, words: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        check_text(replace(TEXT, **{field: words}))

    assert refusal.value.field == field


@given(st.text(max_size=60), st.sampled_from(sorted(PLACES)))
def test_what_is_put_in_is_never_read_for_places_nor_makes_a_line(words: str, place: str) -> None:
    planted = f"{words}{{{place}}}\r\nBcc: all@example.org"
    said = put_together(TEXT, name=planted, values=VALUES | {"purpose": planted, "fund": planted})

    assert not set(said.subject + said.greeting) & set("\r\n\0\u2028\u2029\x85")
    assert f"{{{place}}}" in said.subject
    assert len(said.paragraphs) == 3
    assert "\n" not in said.paragraphs[2]


def test_paragraphs_are_parted_by_empty_lines_however_they_were_typed() -> None:
    assert paragraphs_of(" a \r\nb\r\n\r\n \r\n\r\nc\n") == ("a\nb", "c")


def test_a_gift_has_a_code_that_is_known_when_mistyped() -> None:
    code = gift_code(bytes(range(32)))

    assert parse_gift_code(f"{code[:4]} {code[4:8]}-{code[8:]}") == code
    with pytest.raises(RuleBroken, match="mistyped"):
        parse_gift_code(code[:-1] + str((int(code[-1]) + 1) % 10))
    with pytest.raises(RuleBroken, match="16 digits"):
        parse_gift_code(code[1:])
