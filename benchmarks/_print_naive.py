"""Vouchers as WeasyPrint programs usually print them: everything flows, a real table, the square as SVG."""

from collections.abc import Sequence
from html import escape
from io import BytesIO

import segno

from aid.domain.languages import Language
from benchmarks._print_content import Voucher, labels

STYLE = """
@page { size: A4; margin: 8mm }
body { font-family: "Komek Sans"; font-size: 9pt; margin: 0 }
.voucher { border-bottom: 0.5pt dashed #888; display: flex; height: 68mm; page-break-inside: avoid }
.stub { border-right: 0.5pt dashed #888; width: 48mm } .main { flex: 1; padding: 0 4mm } .code { width: 30mm }
h1 { font-size: 11.5pt; margin: 0 } .amount { font-size: 20pt; font-weight: bold; margin: 0 } p { margin: 0 }
svg { height: 26mm; width: 26mm } .digits { font-size: 16pt; font-weight: bold; letter-spacing: 0.05em }
"""


def naive_page(chosen: Sequence[Voucher]) -> str:
    """All of them in one page of HTML."""
    said = labels(Language(chosen[0].language))
    vouchers = "".join(_voucher(voucher, said) for voucher in chosen)
    fonts = '<link rel="stylesheet" href="css/print/paper.css">'
    return f'<!doctype html><html lang="kk"><head><title>x</title>{fonts}<style>{STYLE}</style></head><body>{vouchers}'


def _voucher(voucher: Voucher, said: dict[str, str]) -> str:
    stub, family, sign, day, *facts, once = (escape(label) for label in said.values())
    texts = {name: escape(text) for name, text in voucher.texts.items()}
    rows = [(texts[f"many_{row}"], texts[f"good_{row}"]) for row in range(1, 6)]
    goods = "".join(f"<tr><td>{many}</td><td>{good}</td></tr>" for many, good in rows)
    told = "".join(
        f"<tr><th>{label}</th><td>{texts[name]}</td></tr>"
        for label, name in zip(facts, ("point", "last_day", "purpose"), strict=True)
    )
    return (
        f'<div class="voucher"><div class="stub"><p>{stub}</p><b>{texts["stub_number"]}</b><p>{family}</p>'
        f"<b>{texts['family']}</b><p>{texts['stub_what']}</p><b>{texts['stub_worth']}</b><p>{sign}</p><p>{day}</p></div>"
        f'<div class="main"><h1>{texts["title"]}</h1><p>{texts["number"]}</p><p class="amount">{texts["amount"]}</p>'
        f'<p>{texts["words"]}</p><table>{told}</table><table>{goods}</table><p class="digits">{texts["digits"]}</p>'
        f'<p>{once}</p></div><div class="code">{_svg(voucher.digits)}<p>{family}</p>'
        f"<b>{texts['family']}</b></div></div>"
    )


def _svg(digits: str) -> str:
    out = BytesIO()
    segno.make(digits, error="h").save(out, kind="svg", xmldecl=False, svgns=True)
    return out.getvalue().decode()
