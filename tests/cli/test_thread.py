"""One thread on a thousand real households: from the list that a delegate brings to the vouchers collected."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from aid.cli.families import import_read
from aid.domain.vouchers import VoucherState
from aid.extensions import now
from aid.models.families import Family
from aid.models.fund import Point
from aid.models.vouchers import Voucher
from aid.readers.families import read_families
from aid.readers.mappings import mapping_named
from aid.readers.tables import read_table
from aid.services.allocations import propose
from aid.services.collections.handing_out import Collected, CollectionOrder, collect
from aid.services.confirmations import confirm
from aid.services.verification import verify
from aid.services.vouchers.printing import print_vouchers
from tests.make import do, rows, see
from tests.make.allocations import make_money, vote
from tests.make.fund import FoundedFund
from tests.make.programmes import make_programme
from tests.make.vouchers import two_days_ago

THOUSAND = Path(__file__).parents[2].parent / "shared" / "data" / "households" / "registrations_1000.csv"


@pytest.mark.slow
@pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # half a minute: PostgreSQL has every step in its own test
@pytest.mark.skipif(not THOUSAND.exists(), reason="the shared tables are not here")
def test_a_thousand_families_are_imported_confirmed_voted_on_printed_and_some_collect(
    app: Flask, fund: FoundedFund
) -> None:
    read = read_families(
        read_table(THOUSAND.name, THOUSAND.read_bytes()),
        mapping_named("registrations_121").at(locality="old-town", point="club"),
        now().today,
    )

    imported = import_read(read, "", actor=fund.registrar)
    assert (imported.added, imported.bad) == (1000, ())

    confirmer, families = fund.confirmer, rows(select(Family))
    for family in families:
        do(confirm, actor=confirmer, family_id=family.id, version=family.version)
    make_money(fund)
    proposed = do(propose, actor=fund.coordinator, programme_id=make_programme(fund, eligible=frozenset()))
    for member in fund.members[: fund.quorum]:
        vote(fund, member, proposed.allocation_id, now=two_days_ago())
    [club] = rows(select(Point).where(Point.code == "club"))
    printed = do(print_vouchers, actor=fund.coordinator, allocation_id=proposed.allocation_id, point_id=club.id)
    assert printed.papers is not None
    assert len(printed.papers) == 1000
    distributor = fund.distributor
    for paper in printed.papers[:50]:
        order = CollectionOrder(point_id=club.id, code=paper.digits, collector=0)
        assert isinstance(do(collect, actor=distributor, order=order), Collected)

    collected = rows(select(Voucher).where(Voucher.state == VoucherState.COLLECTED))
    assert len(collected) == 50
    assert list(see(verify)) == []
