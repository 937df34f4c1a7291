"""The programs that print the same vouchers, each a process of its own."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FONTS = Path(__file__).parents[1] / "aid" / "static" / "fonts"
ROW = 4.4  # millimetres between facts


def ours(source: Path, out: Path, kept_in: str) -> None:
    """Kept forms are filled in, and the file is written as it comes into being."""
    from aid.documents.press.layouts import Kept
    from aid.documents.press.runs import Filled
    from aid.documents.press.sheets import sheets
    from aid.documents.vouchers.forms import SHEETS, known_squares, name_of_form
    from aid.domain.papers import PaperStyle

    style, kept = PaperStyle(titles={}), Kept(Path(kept_in))

    def filled() -> Iterator[Filled]:
        known: dict[str, Any] = {}
        for language, texts, digits in _read(source):
            if language not in known:
                known[language] = kept.layout(name_of_form(style, language, demo=False), _not_kept)
            yield Filled(known[language], language, ((texts,),), digits, by_itself=_not_kept)

    with out.open("wb") as file:
        pages = sheets(filled(), SHEETS[style.format], squares=known_squares(kept), title="Komek", language="kk")
        file.writelines(pages)


def _not_kept() -> Any:
    raise AssertionError("everything fits, and every form was laid out before the clock")


def reportlab(source: Path, out: Path, labels_in: str) -> None:
    """ReportLab's canvas, which is quicker than its tables; the squares as paths, made by zxing-cpp."""
    from reportlab.lib.units import mm
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    for name in ("Regular", "Bold"):
        pdfmetrics.registerFont(TTFont(name, str(FONTS / f"NotoSans-{name}.ttf")))
    labels = json.loads(labels_in)
    canvas = Canvas(str(out), pagesize=(210 * mm, 297 * mm), pageCompression=1)

    def put(x: float, y: float, font: str, size: float, text: str, *, right: bool = False) -> None:
        canvas.setFont(font, size)
        (canvas.drawRightString if right else canvas.drawString)(x * mm, y * mm, text)

    for number, (_language, texts, digits) in enumerate(_read(source)):
        if number and number % 4 == 0:
            canvas.showPage()
        base = 297 - 74.25 * (number % 4 + 1)
        for x, y, font, size, text, right in _placed(texts, labels):
            put(x, base + y, font, size, text, right=right)
        for row, (many, good) in enumerate(_goods(texts), 1):
            put(71, base + 31 - row * 3.1, "Regular", 8.5, many, right=True)
            put(73, base + 31 - row * 3.1, "Regular", 8.5, good)
        path = canvas.beginPath()
        for x, y, wide, high in _dark(digits):
            path.rect((176 + x) * mm, (base + 57.25 - y - high) * mm, wide * mm, high * mm)
        canvas.drawPath(path, stroke=0, fill=1)
    canvas.save()


def _placed(texts: dict[str, str], labels: dict[str, str]) -> Iterator[tuple[float, float, str, float, str, bool]]:
    """Every text of a voucher, where the form has it: millimetres from its lower left corner."""
    stub, family, sign, day, *facts, once = labels.values()
    for y, text in ((65, stub), (55, family), (45, texts["stub_what"]), (20, sign), (7, day)):
        yield 9, y, "Regular", 8, text, False
    for y, name in ((60, "stub_number"), (50, "stub_family"), (40, "stub_worth")):
        yield 9, y, "Bold", 12, texts[name], False
    yield 62, 64, "Bold", 11.5, texts["title"], False
    yield 201, 64, "Bold", 11.5, texts["number"], True
    yield 62, 54, "Bold", 21, texts["amount"], False
    yield 62, 49.5, "Regular", 9, texts["words"], False
    for row, (label, name) in enumerate(zip(facts, ("point", "last_day", "purpose"), strict=True)):
        yield 62, 41 - row * ROW, "Regular", 8.5, label, False
        yield 88, 41 - row * ROW, "Bold", 10, texts[name], False
    yield 201, 27, "Regular", 8.5, family, True
    yield 201, 22.5, "Bold", 11.5, texts["family"], True
    yield 62, 10, "Bold", 18, texts["digits"], False
    yield 62, 5, "Regular", 8, once, False


def _goods(texts: dict[str, str]) -> list[tuple[str, str]]:
    """The table of five goods: how many, and what."""
    return [(texts[f"many_{row}"], texts[f"good_{row}"]) for row in range(1, 6)]


def _dark(digits: str) -> Iterator[tuple[float, float, float, float]]:
    """The dark runs of a square, 22 mm wide, from its upper left corner."""
    rows, module = _square(digits), 22 / 21
    for number, row in enumerate(rows):
        start = row.find(0)
        while start >= 0:
            end = row.find(255, start)
            end = 21 if end < 0 else end
            yield start * module, number * module, (end - start) * module, module
            start = row.find(0, end)


def _square(digits: str) -> list[bytes]:
    import zxingcpp

    barcode = zxingcpp.create_barcode(digits, zxingcpp.BarcodeFormat.QRCode, ec_level="H")
    modules = bytes(memoryview(barcode.to_image(scale=1, add_quiet_zones=False)))  # type: ignore[arg-type]
    return [modules[start : start + 21] for start in range(0, 441, 21)]


def typst(source: Path, out: Path, labels_in: str) -> None:
    """Typst: texts placed where the form has them, a table, and the squares as pictures, made by zxing-cpp."""
    import typst as program

    folder, labels = out.parent, json.loads(labels_in)
    rows = [
        {"texts": list(_placed(texts, labels)), "goods": _goods(texts), "qr": list(b"".join(_square(digits)))}
        for _language, texts, digits in _read(source)
    ]
    (folder / "vouchers.json").write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    (folder / "vouchers.typ").write_text(TYPST, encoding="utf-8")
    program.compile(str(folder / "vouchers.typ"), output=str(out), font_paths=[str(FONTS)], ignore_system_fonts=True)


TYPST = """
#set page(width: 210mm, height: 297mm, margin: 0mm)
#set text(font: "Noto Sans", lang: "kk")
#let put(x, y, font, size, words, right-aligned) = {
  let words = text(size: size * 1pt, weight: lower(font), top-edge: "baseline", words)
  if right-aligned { place(top + right, dx: (x - 210) * 1mm, dy: (74.25 - y) * 1mm, words) }
  else { place(top + left, dx: x * 1mm, dy: (74.25 - y) * 1mm, words) }
}
#let voucher(it) = block(width: 210mm, height: 74.25mm, spacing: 0mm, {
  for one in it.texts { put(..one) }
  place(top + left, dx: 62mm, dy: 42.6mm, text(size: 8.5pt, table(
    columns: (9mm, auto), align: (right, left), stroke: none, inset: (x: 1mm, y: 0.55mm), ..it.goods.flatten())))
  place(top + left, dx: 176mm, dy: 17mm, image(
    bytes(it.qr), format: (encoding: "luma8", width: 21, height: 21), width: 22mm, scaling: "pixelated"))
})
#for four in json("vouchers.json").chunks(4) { page(for it in four { voucher(it) }) }
"""


def weasyprint(source: Path, out: Path, _more: str) -> None:
    """WeasyPrint, of a page that was written before the clock."""
    from aid.documents.press import press

    out.write_bytes(press(source.read_text(encoding="utf-8")))


def _read(source: Path) -> Iterator[tuple[str, dict[str, str], str]]:
    with source.open(encoding="utf-8") as lines:
        for line in lines:
            language, texts, digits = json.loads(line)
            yield language, texts, digits


if __name__ == "__main__":
    side, where, to, more = sys.argv[1:]
    {"ours": ours, "reportlab": reportlab, "typst": typst, "weasyprint": weasyprint}[side](Path(where), Path(to), more)
    status = Path("/proc/self/status").read_text(encoding="ascii")  # getrusage would tell of who started it, too
    Path(f"{to}.memory").write_text(status.split("VmHWM:")[1].split()[0], encoding="ascii")
