"""A trial whose study drugs are supplied by the study, with a ledger of each lot, made for tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from study_fixtures import Study
from trial_fixtures import Made, _lent, _made, decide

from sle_desk.domain import roles, stock
from sle_desk.domain.protocol import VALUE
from sle_desk.domain.stock import Lot
from sle_desk.services import stock as ledger_entries
from sle_desk.services.desk import Desk
from sle_desk.services.stock import NewMovement

LOT, BAG = "202607-A3", "C7K400"
A3, C7 = Lot("IL2", LOT, Decimal(1)), Lot("BEL", BAG, Decimal(400))
EXPIRES = date(2027, 6, 30)


def of_study(study: Study) -> Study:
    """Let the PI decide that the study supplies both drugs."""
    desk = study.sit("wu.min", roles.PI)
    decide(study, desk, "il2.supply", VALUE, il2_supply="study")
    decide(study, desk, "belimumab.supply", VALUE, belimumab_supply="study")
    study.leave()
    study.clock.advance(timedelta(minutes=5))
    return study


def movement(
    desk: Desk, kind: str = stock.RECEIVED, lot: Lot = A3, count: int = 60, **more: object
) -> NewMovement:
    """Return a movement of today with everything that its kind asks for, some of it changed."""
    made = NewMovement(kind, lot.drug, lot.lot, lot.strength, count, desk.today())
    asked: dict[str, dict[str, object]] = {
        stock.RECEIVED: {"expires_on": EXPIRES, "party": "Sponsor's depot", "document": "DN-1",
                         "temperature": Decimal("5.1")},
        stock.QUARANTINED: {"excursion_from": desk.now() - timedelta(hours=3), "highest": Decimal("11.4"),
                            "note": "The refrigerator stood open."},
        stock.DESTRUCTION: {"account": stock.CONDEMNED, "document": "CD-7", "person": "Gao Yao",
                            "witness": "Chen Lan", "party": "Hospital waste"},
        stock.SENT_BACK: {"account": stock.SHELF, "party": "Sponsor's depot", "document": "RN-1",
                          "person": "Gao Yao"},
        stock.LOST: {"account": stock.SHELF, "note": "A vial broke."},
        stock.FOUND: {"account": stock.SHELF, "note": "It lay behind the box."},
        stock.COUNTED: {"account": stock.SHELF, "person": "Gao Yao"},
    }  # fmt: skip
    return replace(made, **{**asked[kind], **more})  # type: ignore[arg-type]


def enter(desk: Desk, kind: str = stock.RECEIVED, lot: Lot = A3, count: int = 60, **more: object) -> int:
    """Enter a movement of today; return its number."""
    return ledger_entries.record_movement(desk, movement(desk, kind, lot, count, **more))


@pytest.fixture(scope="session")
def made_supplied(tmp_path_factory: pytest.TempPathFactory, made_arms: Made) -> Made:
    """The trial with a subject in each arm, its drugs supplied by the study."""
    return _made(tmp_path_factory, "supplied", made_arms, of_study)


@pytest.fixture
def supplied(tmp_path: Path, made_supplied: Made) -> Iterator[Study]:
    """A copy of it: subject 1 in BELIL2, 2 in BEL, 3 in IL2."""
    yield from _lent(made_supplied, tmp_path / "supplied")
