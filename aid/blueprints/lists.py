"""A list that waits to be understood: how it is read, what its columns and words are, where it belongs, and a check."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints import _brought
from aid.blueprints._brought import Upload
from aid.blueprints._looked import Looked, looked_at, to_keep
from aid.blueprints._refusals import told_above
from aid.domain.families import CIRCUMSTANCE_TITLES, KINSHIP_TITLES
from aid.domain.imports import Stage
from aid.domain.layouts import (
    NOTHING_HAPPENED,
    DateOrder,
    WordKind,
    signature_of,
    why_not_remember,
)
from aid.domain.permissions import Permission
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.domain.words import Message, _
from aid.extensions import reading
from aid.formats import fresh_key, named, say
from aid.forms.base import KomekForm
from aid.forms.imports import CheckForm, ColumnsForm, TableForm, WordsForm
from aid.perform import perform
from aid.queries import imports
from aid.readers.lists import HowRead, Table
from aid.readers.tables import column_letters
from aid.security import allow, current_actor
from aid.services.imports.lists import OpenList, choose, open_list
from aid.services.imports.steps import Layout, begin_import, forget_word

PLACES = frozenset({WordKind.LOCALITY, WordKind.POINT})
bp = Blueprint("lists", __name__, url_prefix="/imports")


@dataclass(frozen=True, slots=True)
class KnownBefore:
    """A word whose meaning is known from lists before."""

    kind: WordKind
    word: str
    meaning: Message | str

    @property
    def is_place(self) -> bool:
        """Whether it means a place of the fund."""
        return self.kind in PLACES


@bp.route("/<uuid:list_id>/table", methods=["GET", "POST"])
@allow(Permission.IMPORT_FAMILIES)
def table(list_id: UUID) -> ResponseReturnValue:
    """What was guessed of the file's form, with its first rows; any of it can be changed."""
    upload = _upload(list_id)
    seen = _brought.first_rows_of(upload)
    form = TableForm(seen)
    if form.validate_on_submit():
        how = form.chosen(upload.how)
        read = _brought.first_rows_of if seen.is_parted_alike(how) else _brought.table_of
        try:
            changed = read(replace(upload, how=how))
        except RuleBroken as refusal:
            form.blame(refusal)
        else:
            is_to_look = request.form.get("step") == "look"
            _choose(list_id, how, replace(upload, how=how) if not is_to_look and not changed.is_by_hand else None)
            if is_to_look:
                return redirect(url_for(".table", list_id=list_id))
            return redirect(url_for(".columns" if changed.is_by_hand else ".check", list_id=list_id))
    page = render_template("lists/table.html", form=form, list_id=list_id, upload=upload, seen=seen)
    return page, 409 if form.errors else 200


@bp.route("/<uuid:list_id>/columns", methods=["GET", "POST"])
@allow(Permission.IMPORT_FAMILIES)
def columns(list_id: UUID) -> ResponseReturnValue:
    """What each column is, beside its first cells."""
    upload = _upload(list_id)
    seen = _brought.first_rows_of(upload)
    if not seen.is_by_hand:
        return redirect(url_for(".check", list_id=list_id))
    form = ColumnsForm(seen)
    if form.validate_on_submit():
        how = form.chosen(replace(seen.how, encoding=upload.how.encoding))
        _choose(list_id, how, replace(upload, how=how))
        return redirect(url_for(".check", list_id=list_id))
    remembered = not upload.how.columns and _brought.is_remembered(seen)
    page = render_template(
        "lists/columns.html", form=form, list_id=list_id, shown=[*_columns_shown(seen)], remembered=remembered
    )
    return page, 409 if form.errors else 200


def _columns_shown(seen: Table) -> Iterator[dict[str, Any]]:
    """Each column by letter and heading, with its first cells; of two sheets, where each begins."""
    for view in seen.views:
        for place, heading in enumerate(view.headings):
            cells = (row.cells[place] for row in view.first_rows if place < len(row.cells))
            yield {
                "letter": column_letters(place),
                "heading": heading,
                "cells": [cell for cell in cells if cell][:3],
                "begins": view.sheet.name if place == 0 and len(seen.views) > 1 else "",
            }


@bp.route("/<uuid:list_id>/words", methods=["GET", "POST"])
@allow(Permission.IMPORT_FAMILIES)
def words(list_id: UUID) -> ResponseReturnValue:
    """What words of the list mean: who somebody is in the family, and what happened."""
    brought, how, looked = _looked(list_id)
    kinships = [(kind.value, say(title)) for kind, title in KINSHIP_TITLES.items()]
    happened = [(each.value, say(title)) for each, title in CIRCUMSTANCE_TITLES.items()]
    form = WordsForm(
        _to_say(looked, WordKind.KINSHIP, how.kinships),
        _to_say(looked, WordKind.HAPPENED, how.happened),
        (kinships, [(NOTHING_HAPPENED, say(_("Nothing happened"))), *happened]),
    )
    if form.validate_on_submit():
        told = replace(how, kinships=form.told(form.first), happened=form.told(form.second))
        _choose(list_id, told, replace(_brought.opened(brought), how=told))
        return redirect(url_for(".check", list_id=list_id))
    before = [each for each in _known_before(looked) if not each.is_place]
    return render_template("lists/words.html", form=form, list_id=list_id, **_shown(form, before))


@bp.route("/<uuid:list_id>/places", methods=["GET", "POST"])
@allow(Permission.IMPORT_FAMILIES)
def places(list_id: UUID) -> ResponseReturnValue:
    """Which localities and points of the fund the list means. Of localities, only those where one brings families."""
    brought, how, looked = _looked(list_id)
    actor = current_actor()
    own = [each for each in imports.localities(reading(), actor=actor) if each.own]
    localities = [(each.code, named(dict(each.names))) for each in own]
    points = [(each.code, named(dict(each.names))) for each in imports.points(reading(), actor=actor)]
    form = WordsForm(
        _to_say(looked, WordKind.LOCALITY, how.localities),
        _to_say(looked, WordKind.POINT, how.points),
        (localities, points),
    )
    if form.validate_on_submit():
        told = replace(how, localities=form.told(form.first), points=form.told(form.second))
        _choose(list_id, told, replace(_brought.opened(brought), how=told))
        return redirect(url_for(".check", list_id=list_id))
    before = [each for each in _known_before(looked) if each.is_place and _brought.may_say_places()]
    return render_template("lists/places.html", form=form, list_id=list_id, **_shown(form, before))


def _shown(form: WordsForm, before: Sequence[KnownBefore]) -> dict[str, Any]:
    """What is known from lists before, and whether nothing else is asked on the page."""
    asked = len(form.first.entries) + len(form.second.entries)
    return {"before": before, "all_known": 0 < asked <= len(before)}


@bp.post("/<uuid:list_id>/forget/<kind>")
@allow(Permission.IMPORT_FAMILIES)
def forget(list_id: UUID, kind: str) -> ResponseReturnValue:
    """Let what a word meant in lists before be forgotten, for this list and all that come."""
    if _brought.waiting(list_id).stage is not Stage.READ or kind.upper() not in WordKind.__members__:
        abort(404)
    form = KomekForm()
    if not form.validate_on_submit():
        abort(400)
    of, word = WordKind[kind.upper()], request.form.get("word", "")[:120]
    with told_above("warn"):
        perform(form.idempotency_key, forget_word, actor=current_actor(), kind=of, word=word)
        flash(say(_("It is forgotten. Say what the word means now, or leave it open.")), "success")
    return redirect(url_for(".places" if of in PLACES else ".words", list_id=list_id))


def _to_say(looked: Looked, kind: WordKind, told: Mapping[str, str]) -> list[tuple[str, str]]:
    """The words of a list with what they mean: as it was said here, as it was before, or not yet."""
    before = looked.remembered.get(kind, {})
    return [*{**before, **told}.items(), *((word, "") for word in looked.unknown[kind])]


# ---------------------------------------------------------------- checking it


@bp.route("/<uuid:list_id>/check", methods=["GET", "POST"])
@allow(Permission.IMPORT_FAMILIES)
def check(list_id: UUID) -> ResponseReturnValue:
    """What would become of the list: its first families, what is wrong in which cell, and where they belong."""
    brought, chosen, looked = _looked(list_id)
    actor = current_actor()
    form = CheckForm(
        looked.how,
        localities=imports.localities(reading(), actor=actor),
        points=imports.points(reading(), actor=actor),
        says=looked.says,
    )
    if form.validate_on_submit():
        upload = replace(_brought.opened(brought), how=form.chosen(chosen))
        if not form.is_to_begin:
            _choose(list_id, upload.how, upload)
            return redirect(url_for(".check", list_id=list_id))
        try:
            _begin(form, list_id, upload)
        except NotAllowed:
            raise
        except RuleBroken as refusal:
            form.blame(refusal)
        else:
            return redirect(url_for("imports.progress", list_id=list_id, on=1))
    names = _names_of_places()
    page = render_template(
        "lists/check.html",
        form=form,
        list_id=list_id,
        looked=looked,
        becomes=[*_becoming(looked, names)],
        before=[*_known_before(looked)],
        explained=any(looked.how.told.values()),
        kinship_titles=KINSHIP_TITLES,
        circumstance_titles=CIRCUMSTANCE_TITLES,
    )
    return page, 409 if form.errors else 200


def _known_before(looked: Looked) -> Iterator[KnownBefore]:
    known = (*KINSHIP_TITLES.items(), *CIRCUMSTANCE_TITLES.items(), (NOTHING_HAPPENED, _("Nothing happened")))
    titles: dict[str, Any] = {**{str(code): title for code, title in known}, **_names_of_places()}
    for kind, words_ in looked.remembered.items():
        for word, code in words_.items():
            yield KnownBefore(kind, word, titles.get(code, code))


def _names_of_places() -> dict[str, str]:
    places = (*imports.localities(reading(), actor=current_actor()), *imports.points(reading(), actor=current_actor()))
    return {place.code: named(dict(place.names)) for place in places}


def _begin(form: CheckForm, list_id: UUID, upload: Upload) -> None:
    seen = _brought.table_of(upload)
    checked = _brought.check(seen)
    layout = None
    if seen.is_by_hand and form.remember.data and why_not_remember(seen.headings) is None:
        layout = Layout(signature_of(seen.headings), seen.how.columns, DateOrder(seen.how.dates).value)
    words = _brought.to_remember(seen.how.told) if form.remember.data else ()
    perform(
        form.idempotency_key,
        begin_import,
        actor=current_actor(),
        list_id=list_id,
        households=checked.households,
        bad=checked.bad,
        heads=_brought.heads(seen, checked.read),
        layout=layout,
        words=words,
    )


def _becoming(looked: Looked, names: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The first families of the list, as they would be written down; people of whom nothing is known are counted."""
    for each in looked.first:
        people = groupby(each.family.members, key=lambda one: one if one.name or one.born else one.kinship)
        yield {
            "row": each.row,
            "people": [(next(alike), 1 + sum(1 for _each in alike)) for _who, alike in people],
            "family": each.family,
            "place": ", ".join(names.get(place, place) for place in each.places if place),
        }


def _upload(list_id: UUID) -> Upload:
    """The list, as long as nothing of it was imported."""
    if _brought.waiting(list_id).stage is not Stage.READ:
        abort(404)
    return _brought.upload_of(list_id)


def _looked(list_id: UUID) -> tuple[OpenList, HowRead, Looked]:
    """The list, how it is read, and what it comes to; as long as nothing of it was imported."""
    if _brought.waiting(list_id).stage is not Stage.READ:
        abort(404)
    brought = open_list(reading(), actor=current_actor(), list_id=list_id)
    return (brought, *looked_at(brought))


def _choose(list_id: UUID, how: HowRead, upload: Upload | None = None) -> None:
    """To choose the same twice is to choose it once, so each sending has a key of its own. It may be looked at too."""
    seen = to_keep(upload) if upload else None
    perform(fresh_key(), choose, actor=current_actor(), list_id=list_id, how=how.plain(), seen=seen)
