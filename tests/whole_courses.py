"""A course of 24 weeks recorded through the services day by day, with its vials in the ledger, for tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from itertools import cycle
from pathlib import Path
from typing import Any

from dose_fixtures import at, injection, prepared
from stock_fixtures import enter
from study_fixtures import Study

from sle_desk.base.language import Language
from sle_desk.domain import roles, stock
from sle_desk.domain.compliance import Compliance
from sle_desk.domain.stock import Lot
from sle_desk.exports.exporting import write_export
from sle_desk.exports.read_back import read_back
from sle_desk.models.stock import StockMovement
from sle_desk.models.treatment import Dispensing, Dose, DoseVials
from sle_desk.services import (
    deviations,
    dispensing,
    dose_log,
    dosing,
    infusions,
    pauses,
    preparing,
    stock_rows,
)
from sle_desk.services import stock as entries
from sle_desk.services.desk import Desk
from sle_desk.services.dispensing import NewDispensing
from sle_desk.services.dose_entry import GivenDose, VialUse
from sle_desk.services.dosing import DiaryRow
from sle_desk.services.not_given import NotGiven, record_not_given
from sle_desk.services.pauses import NewStep
from sle_desk.services.preparing import PreparedRow
from sle_desk.services.stock import VialsBack

ONE = Decimal(1)
KIT_1, KIT_2 = Lot("IL2", "A3", ONE), Lot("IL2", "B4", ONE)
BAG, SPARE, SMALL = (
    Lot("BEL", "C7K400", Decimal(400)),
    Lot("BEL", "D8K120", Decimal(120)),
    Lot("BEL", "C7K120", Decimal(120)),
)
SITES = cycle(("LA", "RA", "LB", "RB"))
Figures = dict[tuple[str, str | None], tuple[int, ...]]


class WholeCourse:
    """One subject from day 1 on; the coordinator records, and a day is named by its number in the study."""

    def __init__(self, study: Study, subject_id: int) -> None:
        self.study, self.subject_id = study, subject_id
        self.desk: Desk = study.sit("chen.lan", roles.COORDINATOR)
        self.day_one = self.desk.today()
        self._kits = 0

    def day(self, number: int) -> date:
        """Return the date of a study day."""
        return self.day_one + timedelta(days=number - 1)

    def go(self, number: int, clock: str = "09:00") -> None:
        """Move on to a study day."""
        at(self.study, self.day(number), clock)

    # Vials.

    def receive(self, **counts: int) -> None:
        """Receive vials of lots by their number."""
        lots = {lot.lot: lot for lot in (KIT_1, KIT_2, BAG, SPARE, SMALL)}
        for name, count in counts.items():
            enter(self.desk, lot=lots[name], count=count, document=f"DN-{name}")

    def hand_over(self, lot: Lot, count: int) -> None:
        """Hand a kit of IL-2 to the subject."""
        self._kits += 1
        made = (self.subject_id, lot.drug, lot.lot, lot.strength, count, self.desk.today(), f"K-{self._kits}")
        dispensing.record_dispensing(self.desk, NewDispensing(*made))

    def bring_back(self, lot: Lot, **counts: int) -> None:
        """Record what the subject brought back of a lot, or lost."""
        back = (self.subject_id, lot.drug, lot.lot, lot.strength, self.desk.today())
        entries.record_return(self.desk, VialsBack(*back, document="Diary", **counts))

    def destroy(self, lot: Lot, account: str, count: int) -> None:
        """Destroy vials of a place, by two people."""
        enter(self.desk, stock.DESTRUCTION, lot, count, account=account)

    # Doses.

    def inject(self, lot: Lot, **changes: Any) -> None:
        """Give an injection on the ward now, from a vial of a lot."""
        given = injection(self.desk, self.subject_id, site=next(SITES), vials=(VialUse(lot.lot, ONE, 1),))
        dosing.record_injection(self.desk, replace(given, **changes))

    def diary(
        self,
        lot: Lot,
        numbers: Collection[int],
        missed: Mapping[int, str] | None = None,
        double: Collection[int] = (),
    ) -> None:
        """Type the diary of planned doses: each given at home on its day from one vial, missed, or twice."""
        slots = {slot.number: slot for slot in dosing.diary_slots(self.desk, self.subject_id)}
        why = missed or {}
        rows = []
        for number in numbers:
            on_day = slots[number].planned_on
            if number in why:
                rows.append(DiaryRow(on_day, number, missed=why[number]))
                continue
            taken = 2 if number in double else 1
            rows.append(
                DiaryRow(
                    on_day, number, time(20), administered=Decimal(taken), site=next(SITES), reaction="none",
                    reason="mistake" if number in double else "", vials=(VialUse(lot.lot, ONE, taken),),
                )
            )  # fmt: skip
        dosing.record_diary(self.desk, self.subject_id, self.desk.today(), "Diary", tuple(rows))

    def infuse(self, *vials: tuple[Lot, int], **changes: Any) -> None:
        """Prepare an infusion of 612 mg from the vials named, and record it as given over an hour."""
        row = self._prepare(vials, reason=changes.get("reason", ""))
        start = self.desk.now()
        self.study.clock.advance(timedelta(minutes=90))
        ended = start + timedelta(minutes=60)
        given = GivenDose(
            subject_id=self.subject_id, drug="BEL", on_day=self.desk.today(), started_at=start,
            ended_at=ended, observed_until=self.desk.now(), administered=row.prescribed,
            reaction="none", place="ward", given_by="Lin Yue",
        )  # fmt: skip
        infusions.give_infusion(self.desk, replace(given, **changes), row.id, row.version)

    def spoil(self, *vials: tuple[Lot, int]) -> None:
        """Prepare an infusion that is discarded and not given; another one is prepared for that dose."""
        row, today = self._prepare(vials), self.desk.today()
        told = NotGiven(self.subject_id, "BEL", "spoiled", prepared_id=row.id, discarded_on=today)
        record_not_given(self.desk, told)

    def _prepare(self, vials: Collection[tuple[Lot, int]], reason: str = "") -> PreparedRow:
        used = tuple(VialUse(lot.lot, lot.strength, count) for lot, count in vials)
        made = prepared(self.desk, self.subject_id, vials=used, reason=reason)
        return preparing.prepare_infusion(self.desk, made)

    def pause(self, drug: str, first: int) -> None:
        """Record that a drug is paused from a day on."""
        step = NewStep(self.day(first), "Zhao Jing", "infection")
        pauses.record_pause(self.desk, self.subject_id, "paused", drug, step)

    def resume(self, drug: str, first: int) -> None:
        """Record that a drug is given again from a day on."""
        pauses.record_pause(
            self.desk, self.subject_id, "resumed", drug, NewStep(self.day(first), "Zhao Jing")
        )

    def pause_over(self, drug: str, first: int, resumed: int) -> None:
        """Record a pause that is over in one act."""
        told = NewStep(self.day(first), "Zhao Jing", "procedure", resumed_on=self.day(resumed))
        pauses.record_pause(self.desk, self.subject_id, "paused", drug, told)

    # What came of it.

    def compliance(self) -> Figures:
        """Return planned, given, on the planned day, missed, paused and unrecorded by drug and stage."""
        rows = (row.counts for row in dose_log.dose_log(self.desk, self.subject_id).compliance)
        return {(row.drug, row.stage): figures(row) for row in rows}

    def proposed(self) -> Counter[str]:
        """Return the deviations that are proposed of the subject."""
        return Counter(row.code for row in deviations.deviations(self.desk, self.subject_id))


def figures(row: Compliance) -> tuple[int, ...]:
    """Return the counts of a compliance as tests write them by hand."""
    return (row.planned, row.given, row.on_planned_day, row.missed, row.paused, row.unrecorded)


def lots(desk: Desk) -> dict[str, dict[str, int]]:
    """Return what was received of each lot, and what stands at each place that has any."""
    return {
        row.lot.lot: {
            "received": row.received,
            **{place: count for place, count in row.places.items() if count},
        }
        for row in stock_rows.stock_view(desk).lots
    }


def count_shelves(desk: Desk, counted: Mapping[Lot, int]) -> None:
    """Count the shelf of each lot; a count that differs would be refused without a word."""
    for lot, count in counted.items():
        enter(desk, stock.COUNTED, lot, count)


def balanced(desk: Desk) -> bool:
    """Tell whether each lot adds up: received is what was used, is away, was destroyed and still stands."""
    view = stock_rows.stock_view(desk)
    return not view.gaps and all(row.received == sum(row.places.values()) for row in view.lots)


def sheets_equal_database(desk: Desk, folder: Path) -> None:
    """Compare the sheets of doses and stock of the workbook with the rows of the file, one by one."""
    read = {table.name: table for table in read_back(write_export(desk, folder, "site", Language("en")).path)}

    def rows(sheet: str, *names: str) -> Counter[tuple[Any, ...]]:
        places = [[column.name for column in read[sheet].columns].index(name) for name in names]
        return Counter(tuple(row[place] for place in places) for row in read[sheet].rows)

    with desk.view() as session:
        doses = session.query(Dose).filter(Dose.state == "current").all()
        kits = session.query(Dispensing).filter(Dispensing.state == "current").all()
        vials = session.query(DoseVials, Dose).join(Dose, Dose.id == DoseVials.dose_id).all()
        moved = session.query(StockMovement).all()
        assert rows("DOSES", "DOSE", "DRUG", "PROGRESS", "DATE", "ADMINISTERED") == Counter(
            (dose.id, dose.drug, dose.progress, dose.on_day, dose.administered) for dose in doses
        )
        used = [
            (dose.id, each.lot, each.strength, each.count) for each, dose in vials if dose.state == "current"
        ]
        assert rows("VIALS", "DOSE", "LOT", "STRENGTH", "COUNT") == Counter(used)
        assert rows("DISPENSING", "LOT", "COUNT", "ON_DAY") == Counter(
            (kit.lot, kit.count, kit.on_day) for kit in kits
        )
        kept = [("stock_movement", row.id, row.count) for row in moved]
        kept += [("dispensing", kit.id, kit.count) for kit in kits]
        kept += [("dose_vials", each.id, each.count) for each, dose in vials if dose.state == "current"]
        assert rows("STOCK_MOVEMENTS", "RECORD", "NUMBER", "COUNT") == Counter(kept)
