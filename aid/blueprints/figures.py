"""Figures as everybody may read them, once a coordinator released them and the fund made them public.

Each page reads what was kept at the release: a fixed few questions, however much the fund has received. Nobody needs a
cookie here. While the figures are not public, people of the fund who may see its money read them, and nobody else.
"""

from collections.abc import Callable
from functools import lru_cache

from flask import Blueprint, abort, get_template_attribute, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from aid.blueprints._files import shown_file
from aid.blueprints._public import public_frame, reads_inside
from aid.blueprints._refusals import blamed_on
from aid.domain.figures.charts import drawn
from aid.domain.figures.release import from_json
from aid.domain.languages import Language
from aid.extensions import csrf, reading
from aid.formats import language
from aid.forms.figures import GiftCodeForm
from aid.queries.figures.choice import choice
from aid.queries.figures.gift import Gift
from aid.queries.figures.published import Told, latest, numbered, paper, releases
from aid.readers.figures import to_csv
from aid.security import ANYONE, allow
from aid.security.gift_codes import gift_behind

bp = Blueprint("figures", __name__, url_prefix="/figures")
csrf.exempt(bp)  # nobody is known here by a cookie, so nobody's can be used: see docs/threat-model.md
bp.context_processor(public_frame)

LARGEST = 4 * 1024
"""Bytes of what somebody sends with a code."""


@bp.get("/")
@allow(ANYONE)
def index() -> ResponseReturnValue:
    """The latest figures that stand, and all releases."""
    is_public = _must_be_shown()
    return _page(latest(reading()), is_public=is_public)


@bp.get("/<int:number>")
@allow(ANYONE)
def one(number: int) -> ResponseReturnValue:
    """One release. Of a withdrawn one no more is told than that it was."""
    is_public = _must_be_shown()
    found = numbered(reading(), number)
    if found is None:
        abort(404)
    if found.withdrawn_at:
        return render_template("figures/withdrawn.html", without_cookies=True, told=found), 410
    return _page(found, is_public=is_public)


@bp.get("/<int:number>.pdf")
@allow(ANYONE)
def printed(number: int) -> ResponseReturnValue:
    """The report as it was printed at the release, in the reader's language."""
    _must_be_shown()
    asked = request.args.get("language", "")
    pdf = paper(reading(), number=number, language=asked if asked in set(Language) else language())
    if pdf is None:
        abort(404)
    return shown_file(pdf, f"figures-{number}.pdf")


@bp.get("/<int:number>.json")
@allow(ANYONE)
def as_json(number: int) -> ResponseReturnValue:
    """The release word by word, as it is kept and hashed."""
    return _text(number, "json", str)


@bp.get("/<int:number>.csv")
@allow(ANYONE)
def as_csv(number: int) -> ResponseReturnValue:
    """The same for a spreadsheet."""
    return _text(number, "csv", to_csv)


@bp.get("/gift")
@allow(ANYONE)
def gift() -> ResponseReturnValue:
    """Where the code of a gift is typed in."""
    _must_be_shown()
    return _asked(GiftCodeForm(formdata=None))


@bp.post("/gift")
@allow(ANYONE)
def gift_shown() -> ResponseReturnValue:
    """The gift behind a code, and what its purpose has done since."""
    _must_be_shown()
    if (request.content_length or 0) > LARGEST:
        abort(413)
    form = GiftCodeForm()
    if form.validate():
        with blamed_on(form):
            return _story(gift_behind(str(form.code.data)))
    return _asked(form), 409


def _story(found: Gift) -> ResponseReturnValue:
    told = latest(reading())
    done = found.since(told.release) if told else None
    return render_template("figures/gift.html", without_cookies=True, gift=found, told=told, since=done)


def _asked(form: GiftCodeForm) -> str:
    form.code.data = None  # it is shown to nobody who comes by
    return render_template("figures/code.html", without_cookies=True, form=form, in_language=language())


def _page(found: Told | None, *, is_public: bool) -> ResponseReturnValue:
    return render_template(
        "figures/index.html",
        without_cookies=True,
        told=found,
        figures=_figures(found.content, language()) if found else None,
        releases=releases(reading()),
        is_public=is_public,
    )


@lru_cache(maxsize=12)
def _figures(content: str, _language: str) -> Markup:
    """What a release tells, set once in each language: it never changes, and strangers keep nobody busy."""
    told: Markup = get_template_attribute("figures/_told.html", "figures_told")(drawn(from_json(content)))
    return told


def _text(number: int, kind: str, written: Callable[[str], str]) -> ResponseReturnValue:
    _must_be_shown()
    found = numbered(reading(), number)
    if found is None or found.withdrawn_at:
        abort(404)
    return shown_file(written(found.content), f"figures-{number}.{kind}")


def _must_be_shown() -> bool:
    """Whether everybody may read this. Where only the fund's people may, there is no such page for anybody else."""
    is_public = choice(reading()).is_public
    if not is_public and not reads_inside():
        abort(404)
    return is_public
