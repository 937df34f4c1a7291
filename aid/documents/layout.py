"""How a paper's words are set: a template in the language of whoever will read it."""

from flask import current_app
from flask_babel import force_locale
from markupsafe import Markup

from aid.documents.amounts import in_words
from aid.domain.languages import Language
from aid.domain.money import Money


def laid_out(template: str, *, language: Language, **content: object) -> Markup:
    """The template in this language, ready for the press or for another template. Needs the app, but no request.

    What pages know of their reader (name, menu) is not given to paper: it has no business there.
    """

    def words_of(amount: Money) -> str:
        return in_words(amount, language)

    with force_locale(language.value):
        page = current_app.jinja_env.get_template(f"documents/{template}")
        return Markup(page.render(language=language.value, words_of=words_of, **content))  # noqa: S704 - jinja escaped it
