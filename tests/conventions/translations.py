"""Every sentence a person may read, and whether each language says it.

`python -m tests.conventions.translations` names what is missing (`./aid.sh check` runs it);
`--update` brings new sentences into aid/translations (`./aid.sh words`).
"""

import re
import sys
from collections.abc import Iterator
from typing import TypeAlias

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

from tests.conventions import AID, TRANSLATIONS

Text: TypeAlias = "str | list[str] | tuple[str, ...] | None"

LANGUAGES = ("kk", "ru", "en")
SPOKEN_IN = [("**.py", "python"), ("templates/**.html", "jinja2")]
JINJA = {"templates/**.html": {"silent": "false", "trimmed": "true"}}
KEYWORDS = {**DEFAULT_KEYWORDS, "n_": (1, 2), "lazy_gettext": None, "lazy_ngettext": (1, 2), "_l": None}
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
ENGLISH = re.compile(r"\b[a-z]{4,}\b")
SAME_IN_ALL = {"Komek"}


def sentences() -> Catalog:
    """Everything that the code and the templates may say."""
    found = Catalog(project="Komek", charset="utf-8")
    spoken = extract_from_dir(
        AID, SPOKEN_IN, JINJA, KEYWORDS, comment_tags=("Translators:",), directory_filter=lambda _folder: True
    )
    for file, line, ids, comments, context in spoken:
        found.add(ids, None, [(f"aid/{file}", line)], auto_comments=comments, context=context)
    return found


def catalog(language: str) -> Catalog:
    """The translations of one language; none yet is an empty catalog."""
    path = TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return Catalog(locale=language, project="Komek", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def problems() -> Iterator[str]:
    """Say, one a line, what a reader of some language would not be told."""
    wanted = sentences()
    for language in LANGUAGES:
        known = catalog(language)
        for sentence in wanted:
            if sentence.id and (wrong := _wrong(sentence, known.get(sentence.id, sentence.context), language)):
                where = ", ".join(f"{file}:{line}" for file, line in sentence.locations[:2])
                yield f"{language}: {wrong}: {_forms(sentence.id)[0]!r} ({where})"


def _wrong(sentence: Message, said: Message | None, language: str) -> str | None:
    """What is wrong with a translation, or nothing."""
    if said is None or not _is_said(said):
        return "not translated"
    if said.fuzzy:
        return "marked fuzzy"
    asked = _placeholders(sentence.id)
    exact = isinstance(sentence.id, str)
    for form in _forms(said.string):
        given = _placeholders(form)
        if not given <= asked | {"num"} or (exact and given != asked):
            return f"other placeholders ({', '.join(sorted(given ^ asked))})"
        if language != "en" and form in _forms(sentence.id) and ENGLISH.search(_words(form)):
            return "left in English"
    return None


def _is_said(sentence: Message) -> bool:
    forms = _forms(sentence.string)
    return bool(forms) and all(forms)


def _forms(text: Text) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


def _placeholders(text: Text) -> set[str]:
    return {name for form in _forms(text) for name in PLACEHOLDER.findall(form)}


def _words(form: str) -> str:
    """What is read in a sentence: no names of placeholders, and none that is the same in all languages."""
    return "" if form in SAME_IN_ALL else PLACEHOLDER.sub("", form)


def update() -> None:
    """Add new sentences to each language and drop those nobody says; English says them as they are."""
    wanted = sentences()
    for language in LANGUAGES:
        known = catalog(language)
        wanted.creation_date = known.creation_date
        known.update(wanted, no_fuzzy_matching=True)
        known.fuzzy, known.header_comment = False, f"# Komek in {known.locale.english_name}."
        known.version, known.last_translator, known.language_team, known.msgid_bugs_address = "1", "Komek", "Komek", ""
        if language == "en":
            for sentence in known:
                if sentence.id and not _is_said(sentence):
                    sentence.string = sentence.id
        path = TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, known, width=120, ignore_obsolete=True, include_lineno=False, sort_by_file=True)
        missing = len([sentence for sentence in known if sentence.id and not _is_said(sentence)])
        print(f"{language}: {len(known)} sentences, {missing} to translate")


if __name__ == "__main__":
    if sys.argv[1:] == ["--update"]:
        update()
    else:
        found = list(problems())
        print(*found, sep="\n", end="\n" if found else "")
        sys.exit(bool(found))
