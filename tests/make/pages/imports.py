"""Pages about lists of families that are brought in."""

from sqlalchemy import select

from aid.models.imports import FamilyImport, UndoneImport
from tests.make.fund import FoundedFund
from tests.make.imports import brought, make_begun, make_list
from tests.make.pages.visits import Pages, Press, also, at, first, sent

ODD = """Отбасы;Аты-жөні;Кім болады;Туған күні;Сынып;Телефон;Мекенжай;Мекен;Пункт;Жағдайы
1;Құлшар Нұрлан;жұмысшы;01.03.1985;;+7 701 440 11 22;Абай 12;Ескі қала;Клуб;шу
1;Құлшар Дана;жиені;03.09.2016;3;;;;;
2;Төлен Сәуле;жұмысшы;31.02.1990;;8 701 443 44 55;Абай 14;Ескі қала;Клуб;шу
"""
PLAIN = """Отбасы;Аты-жөні;Кім болады;Туған күні;Сынып;Телефон;Мекенжай
1;Қайсар Нұрлан;жұмысшы;01.03.1985;;+7 701 550 11 22;Абай 12
2;Тілеу Сәуле;жұмысшы;31.02.1990;;8 701 553 44 55;Абай 14
"""


def pages_of_imports(fund: FoundedFund) -> Pages:
    """By the handle of who opens them: a coordinator may say which places a list means."""
    odd, plain = (make_list(fund.coordinator, text.encode()) for text in (ODD, PLAIN))
    begun = make_begun(fund.registrar, *(brought(90_100 + nth) for nth in range(30)))
    ended = first(FamilyImport.id, FamilyImport.id.not_in(select(UndoneImport.import_id)))
    here = Press(typed={"locality": "old-town", "point": "club"}, button="step=look")
    return {
        "dina": [
            *at("/imports/", "/imports/new"),
            *also(sent("/imports/new", status=409)),
            *at(*(f"/imports/{odd}/{step}" for step in ("table", "columns", "words", "places", "check"))),
            *also(f"/imports/{plain}/check"),
            sent(f"/imports/{plain}/check", here, Press(button="step=begin"), status=409),
        ],
        "aigul": [
            *at("/imports/", f"/imports/{begun}/progress", f"/imports/{ended}/progress", f"/imports/{ended}/undo")
        ],
    }
