"""A thousand vouchers printed by Komek's press, by ReportLab and by Typst, and what WeasyPrint takes for each.

All print the same words and codes, made before the clock: Kazakh, a table of five goods, the amount in words, a square
and a stub, four to a sheet. Each is a whole process, in the processor's time; by the clock it is told as well. What was
made is read back: every square from pictures of 150 dots an inch, every word, and every page beside WeasyPrint's own.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import time as hour
from pathlib import Path

from aid import create_app
from aid.documents.press import press
from aid.documents.press.layouts import Kept
from aid.documents.press.runs import Filled
from aid.documents.press.sheets import Sheet, sheets
from aid.documents.vouchers.forms import known_squares, name_of_form
from aid.documents.vouchers.setting import qr_of
from aid.domain.days.planning import Invited
from aid.domain.languages import Language
from aid.domain.papers import VoucherFormat
from benchmarks import _print_check as check
from benchmarks import _print_content as content
from benchmarks._print_naive import naive_page
from benchmarks.frame import Run, median
from config import Config

ROOT = Path(__file__).parents[1]
MANY, FEW, LEAST = 20_000, 1_000, 4
PAGES = (20, 40, 80)
ROUNDS = 5
COMES = Invited(date(2026, 9, 5), hour(10, 30), hour(11))
REPORTLAB, TYPST, NAIVE, FIRST, MEMORY, STEADY, INK = 0.45, 0.2, 400, 4.0, 20.0, 1.15, 0.001


@dataclass(frozen=True, slots=True)
class Spent:
    """What one process took: seconds by the clock and of the processor, and the most memory, in megabytes."""

    wall: float
    cpu: float
    memory: float


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of one run of the benchmark."""

    folder: Path
    labels: str
    planted: float  # seconds that the self-test adds to Komek's side

    def run(self, side: str, source: str, out: str, *, kept: str = "kept") -> Spent:
        """Let one side print a file, as a process of its own."""
        more = str(self.folder / kept) if side == "ours" else self.labels
        module = [sys.executable, "-m", "benchmarks._print_sides"]
        command = [*module, side, str(self.folder / source), str(self.folder / out), more]
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT)
        _pid, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        if status:
            raise RuntimeError(f"{side} could not print {source}")
        planted = self.planted if side == "ours" else 0.0
        memory = int((self.folder / f"{out}.memory").read_text(encoding="ascii")) / 1024
        return Spent(wall + planted, used.ru_utime + used.ru_stime + planted, memory)


def bench(run: Run) -> None:
    """Measure the press against three others, its first use, its memory, and what it made."""
    with tempfile.TemporaryDirectory(prefix="komek-bench-") as folder:
        app = create_app(Config(data=Path(folder) / "fund", testing=True))
        with app.app_context():
            labels = json.dumps(content.labels(Language.KK), ensure_ascii=False)
            place = Place(Path(folder), labels, planted=60.0 if run.self_test else 0.0)
            _lay_out(run, place)
            slope = _slopes(run, place)
            _against_others(run, place)
            _steady(run, place, slope)
            _right(run, place)


def _lay_out(run: Run, place: Place) -> None:
    """How much longer it takes when the form was never laid out on this machine."""
    run.say("laying the form out for the first time")
    style, samples = content.style_of(), []
    for number in range(run.rounds(3)):
        began = time.process_time()
        kept = Kept(place.folder / ("kept" if number == 0 else f"kept-{number}"))
        name = name_of_form(style, "kk", demo=False)
        kept.layout(name, lambda: content.form_laid_out(style, Language.KK, demo=False))
        known_squares(kept)
        samples.append(time.process_time() - began + place.planted)
    run.tell("first use of a form, more", max(samples), "s of CPU", goal=FIRST, samples=tuple(samples))


def _slopes(run: Run, place: Place) -> float:
    """What WeasyPrint takes for each further voucher, as it is usually written and as well as we can write it."""
    slopes = {}
    for kind in ("naive", "tuned"):
        spent = []
        for count in PAGES:
            run.say(f"WeasyPrint, {kind}: {count} vouchers")
            chosen = list(content.vouchers(count))
            page = (
                naive_page(chosen)
                if kind == "naive"
                else content.own_page(chosen, _pictures(chosen), VoucherFormat.FOUR)
            )
            (place.folder / f"{kind}-{count}.html").write_text(str(page), encoding="utf-8")
            spent.append(place.run("weasyprint", f"{kind}-{count}.html", f"{kind}-{count}.pdf").cpu)
        slopes[kind] = (spent[-1] - spent[0]) / (PAGES[-1] - PAGES[0])
        run.tell(f"WeasyPrint, {kind}, for each voucher", slopes[kind] * 1000, "ms", samples=tuple(spent))
    return slopes["naive"]


def _pictures(chosen: Sequence[content.Voucher]) -> list[str]:
    return [qr_of(voucher.digits) for voucher in chosen]


def _against_others(run: Run, place: Place) -> None:
    """The same thousand, one after the other in each round."""
    few = run.size(FEW)
    content.write(content.vouchers(few), place.folder / "few")
    spent: dict[str, list[Spent]] = {"ours": [], "reportlab": [], "typst": []}
    for number in range(run.rounds(ROUNDS)):
        order = list(spent) if number % 2 == 0 else list(reversed(spent))
        for side in order:
            run.say(f"round {number + 1}: {side}, {few} vouchers")
            spent[side].append(place.run(side, "few", f"{side}.pdf"))
    for side, samples in spent.items():
        cpu, wall = (tuple(getattr(each, what) for each in samples) for what in ("cpu", "wall"))
        run.tell(f"{side}: {few} vouchers, CPU", median(list(cpu)), "s", samples=cpu)
        run.tell(f"{side}: by the clock", median(list(wall)), "s", samples=wall)
    for side, goal in (("reportlab", REPORTLAB), ("typst", TYPST)):
        ratios = [ours.cpu / other.cpu for ours, other in zip(spent["ours"], spent[side], strict=True)]
        run.tell(f"ours against {side}, CPU", median(ratios), "×", goal=goal, samples=tuple(ratios))


def _steady(run: Run, place: Place, naive: float) -> None:
    """What twenty times as many take, beyond what a process takes that prints one sheet."""
    many, few = run.size(MANY), run.size(FEW)
    for name, count in (("many", many), ("some", few), ("least", LEAST)):
        content.write(content.vouchers(count), place.folder / name)
    run.say(f"{many} vouchers beside {few}")
    rounds = [
        [place.run("ours", name, f"{name}.pdf") for name in ("least", "some", "many")] for _ in range(run.rounds(3))
    ]
    ratios = [
        ((most.cpu - least.cpu) / (many - LEAST)) / ((some.cpu - least.cpu) / (few - LEAST)) + place.planted
        for least, some, most in rounds
    ]
    each = median([(some.cpu - least.cpu) / (few - LEAST) for least, some, _most in rounds])
    run.tell("ours, for each voucher", each * 1000, "ms")
    run.tell(f"of a {NAIVE}th of naive WeasyPrint's", each / (naive / NAIVE) + place.planted, "×", goal=1.0)
    grown = [most.memory - some.memory + place.planted for _least, some, most in rounds]
    run.tell(f"time a voucher, {many} against {few}", median(ratios), "×", goal=STEADY, samples=tuple(ratios))
    run.tell(f"memory, {many} against {few}", median(grown), "MB", goal=MEMORY, samples=tuple(grown))


def _right(run: Run, place: Place) -> None:
    """Read back what was made."""
    few = run.size(FEW)
    run.say(f"reading {few} vouchers back")
    chosen = content.write(content.vouchers(few, tuple(Language), comes=COMES), place.folder / "three")
    style = content.style_of()
    kept = Kept(place.folder / "kept")
    for language in Language:
        name = name_of_form(style, language.value, demo=False)
        kept.layout(name, lambda language=language: content.form_laid_out(style, language, demo=False))  # type: ignore[misc]
    place.run("ours", "three", "three.pdf")
    pdf = place.folder / "three.pdf"
    wanted = [voucher.digits for voucher in chosen]
    if run.self_test:
        wanted[0] = "0" * len(wanted[0])
    if check.codes(pdf) != wanted:
        run.wrong.append("squares that a scanner does not read")
    if missing := check.missing_words(pdf, chosen):
        run.wrong.append(f"words that are not found: {missing[:3]}")
    if not check.is_sound(pdf):
        run.wrong.append("a file that qpdf finds fault with")
    _beside_weasyprint(run, place, chosen[: run.size(12)])


def _beside_weasyprint(run: Run, place: Place, chosen: Sequence[content.Voucher]) -> None:
    """Each format and language, one form to a sheet, dot by dot beside WeasyPrint's own layout of it."""
    kept, shares = Kept(place.folder / "kept"), []
    for format_ in VoucherFormat:
        run.say(f"beside WeasyPrint's own pages: {format_}")
        style = content.style_of(format_)
        for language in Language:
            mine = [voucher for voucher in chosen if voucher.language == language.value][:2]
            name = name_of_form(style, language.value, demo=False)
            form = kept.layout(name, lambda: content.form_laid_out(style, language, demo=False))  # noqa: B023 - called at once
            sheet = Sheet(form.width, form.height, ((0.0, 0.0),))
            filled = [
                Filled(form, voucher.language, ((voucher.texts,),), voucher.digits, by_itself=lambda: ())
                for voucher in mine
            ]
            ours, own = place.folder / "ours-one.pdf", place.folder / "own-one.pdf"
            pages = sheets(filled, sheet, squares=known_squares(kept), title="Komek", language=language.value)
            ours.write_bytes(b"".join(pages))
            own.write_bytes(press(content.own_page(mine, _same_squares(mine), format_)))
            shares.append(check.other_ink(ours, own))
    planted = 1.0 if run.self_test else 0.0
    worst = max(shares) + planted
    run.tell("dots unlike WeasyPrint's own, worst page", worst * 100, "%", goal=INK * 100, samples=tuple(shares))


def _same_squares(chosen: Sequence[content.Voucher]) -> list[str]:
    """Squares without white edges, which the form has itself, and with the mask that Komek draws."""
    import segno

    from aid.documents.press.squares import MASK

    return [
        segno.make(one.digits, version=1, error="h", mask=MASK, boost_error=False).png_data_uri(border=0, scale=1)
        for one in chosen
    ]
