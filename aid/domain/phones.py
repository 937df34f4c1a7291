"""Telephone numbers: one written form where the number is one, else what was typed."""

import re
import unicodedata

import phonenumbers

MOST_DIGITS = 24
LONGEST_PHONE = 15  # of any country, with its prefix (E.164)
NATIONAL_DIGITS = 10
"""So many last digits tell a number apart, with or without its country's prefix."""

EXTENSION = ";ext="


def normal_phone(text: str, default_region: str = "KZ") -> str:
    """The number as +77010000000 (E.164), an extension behind `;ext=`; what is no number: its digits; no digit: "".

    A number without + is read as one of the region first, then as an international one.
    """
    typed = "".join(str(unicodedata.digit(sign, sign)) for sign in unicodedata.normalize("NFKC", text)).strip()
    international = re.sub(r"^\+?00", "+", typed) if typed.startswith(("00", "+00")) else typed
    with_plus = international if international.startswith("+") else f"+{international}"
    attempts = [(international, default_region, True), (with_plus, None, True), (international, default_region, False)]
    for number, region, must_be_valid in attempts:
        if normal := _e164(number, region, must_be_valid=must_be_valid):
            return normal
    digits = re.sub(r"\D", "", typed)[:MOST_DIGITS]
    return f"+{digits}" if digits and typed.startswith("+") else digits


def in_groups(phone: str) -> str:
    """A normal number as people read it out: +7 701 000 0000 (an extension). What is no number stays as it is."""
    whole, _, extension = phone.partition(EXTENSION)
    try:
        number = phonenumbers.parse(whole)
    except phonenumbers.NumberParseException:
        return phone
    groups = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return f"{groups} ({extension})" if extension else groups


def digits_of(phone: str) -> int:
    """How many digits a normal number has, its extension left out."""
    return len(re.sub(r"\D", "", phone.partition(EXTENSION)[0]))


def national_digits(phone: str) -> str:
    """The last digits of a normal number, by which two spellings of it are found to be one."""
    return re.sub(r"\D", "", phone.partition(EXTENSION)[0])[-NATIONAL_DIGITS:]


def _e164(text: str, region: str | None, *, must_be_valid: bool) -> str | None:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    possible = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
    usual = len(f"{number.national_number}") == NATIONAL_DIGITS  # ranges not handed out yet, but of the usual length
    if not possible or not (phonenumbers.is_valid_number(number) if must_be_valid else usual):
        return None
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return f"{e164}{EXTENSION}{number.extension}" if number.extension else e164
