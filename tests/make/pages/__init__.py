"""Where people go in a fund in which everything has happened once: each page of Komek, by the handle of who opens it.

A subject has a file. What stands in none of them is found out by `tests/web/test_pages.py`.
"""

from aid.models.programmes import Programme
from tests.make.allocations import make_allocation
from tests.make.fund import FoundedFund
from tests.make.pages.committee import pages_of_committee
from tests.make.pages.day_counts import pages_of_day_counts
from tests.make.pages.days import pages_of_days
from tests.make.pages.donors import pages_of_donors
from tests.make.pages.families import pages_of_families
from tests.make.pages.figures import pages_of_figures
from tests.make.pages.giving import pages_of_giving
from tests.make.pages.imports import pages_of_imports
from tests.make.pages.late import pages_of_late
from tests.make.pages.lines import pages_of_lines
from tests.make.pages.money import pages_of_money
from tests.make.pages.objections import pages_of_objections
from tests.make.pages.paper_trail import pages_of_paper_trail
from tests.make.pages.people import pages_of_people
from tests.make.pages.reconciliation import pages_of_reconciliation
from tests.make.pages.shops import pages_of_shops
from tests.make.pages.spending import pages_of_spending
from tests.make.pages.statements import pages_of_statements
from tests.make.pages.surveys import pages_of_surveys
from tests.make.pages.table import pages_of_table
from tests.make.pages.thanks import pages_of_thanks
from tests.make.pages.visits import Pages, Visit, also, at, first, merged

STRANGERS: Pages = {"": [*at("/sign-in"), Visit("/nowhere", status=404)]}
TODAY: Pages = {
    **{handle: at("/") for handle in ("dina", "saule", "nurlan")},
    **{handle: also("/") for handle in ("bolat", "timur", "erlan", "olga", "gulnar")},
}


def pages_of(fund: FoundedFund) -> Pages:
    """Every page that people work with; nobody's for a stranger. What they need besides is made here."""
    programme = first(Programme.id)
    open_ = make_allocation(fund, families=1, purpose="food").allocation_id
    return merged(
        STRANGERS,
        TODAY,
        pages_of_families(fund),
        pages_of_imports(fund),
        pages_of_objections(fund),
        pages_of_money(fund),
        pages_of_lines(fund),
        pages_of_statements(fund),
        pages_of_thanks(fund),
        pages_of_donors(fund),
        pages_of_figures(fund),
        pages_of_giving(fund),
        pages_of_spending(fund, open_=open_, programme=programme),
        pages_of_committee(fund, open_=open_),
        pages_of_people(fund),
        pages_of_paper_trail(fund),
        pages_of_reconciliation(fund),
        pages_of_late(fund),
        pages_of_day_counts(fund),
        pages_of_days(fund),
        pages_of_surveys(fund),
        pages_of_shops(fund),
        {"olga": [*at("/audit/"), *also(Visit("/families/", status=403))]},
        pages_of_table(fund),
    )
