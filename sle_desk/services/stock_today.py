"""The rows of Today about the stock: what does not add up, vials not accounted for, excursions undecided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain.protocol import Protocol
from sle_desk.domain.reconciled import Reconciled
from sle_desk.domain.stock import OF_SUBJECTS, Gap, Ledger
from sle_desk.models.stock import StockMovement
from sle_desk.services.courses import Course
from sle_desk.services.due_rows import NOW, Due, TodayRow, Who
from sle_desk.services.plan import Calendar
from sle_desk.services.reconciliation import reconciliations_of
from sle_desk.services.stock_findings import supplied
from sle_desk.services.stock_ledger import ledger_in
from sle_desk.services.stock_rows import excursions_in

GAP, VIALS, EXCURSION = "stock_gap", "vials_differ", "excursion"
OPEN_STOCK = "open_stock"


def stock_rows(
    session: Session,
    protocol: Protocol,
    everyone: Mapping[int, Course],
    people: Mapping[int, Who],
    calendars: Mapping[int, Calendar],
    on: date,
) -> list[TodayRow]:
    """Return the rows of Today about the stock; none where nothing was entered and no ledger is asked."""
    entered = session.scalar(select(StockMovement.id).limit(1)) is not None
    of_study = supplied(session, protocol, on)
    if not entered and not of_study:
        return []
    ledger = ledger_in(session, protocol)
    gaps = ledger.gaps()
    back = _brought_back(session)
    # Vials are accounted for where the study supplies the drug, or where some were brought back.
    subjects = [
        row
        for row in reconciliations_of(session, protocol, everyone, calendars)
        if row.drug in of_study or (row.subject_id, row.drug) in back
    ]
    return [
        *(_gap_row(gap, on) for gap in gaps if not gap.subject_id),
        *_subject_rows(subjects, gaps, people, on),
        *_excursion_rows(session, ledger),
    ]


def _brought_back(session: Session) -> set[tuple[int | None, str]]:
    """Return the subjects and drugs of which some vials were brought back or said to be lost."""
    asked = select(StockMovement.subject_id, StockMovement.drug).where(StockMovement.kind.in_(OF_SUBJECTS))
    return {(subject_id, drug) for subject_id, drug in session.execute(asked)}


def _gap_row(gap: Gap, on: date) -> TodayRow:
    facts = {
        "kind": gap.kind,
        "drug": gap.lot.drug,
        "lot": gap.lot.lot,
        "place": gap.account,
        "count": gap.count,
        "most": gap.most,
    }
    return TodayRow(NOW, None, gap.on_day or on, (Due(GAP, facts),), "differs", OPEN_STOCK)


def _subject_rows(
    subjects: Iterable[Reconciled], gaps: Iterable[Gap], people: Mapping[int, Who], on: date
) -> Iterator[TodayRow]:
    """Yield one row for each drug of a subject whose vials and doses differ, by lot too."""
    short: dict[tuple[int, str], list[str]] = {}
    for gap in gaps:
        if gap.subject_id:
            short.setdefault((gap.subject_id, gap.lot.drug), []).append(gap.lot.lot)
    for row in subjects:
        lots = tuple(dict.fromkeys(short.get((row.subject_id, row.drug), ())))
        if row.subject_id in people and (row.difference or lots):
            facts = {"drug": row.drug, "difference": row.difference, "lots": lots, "dispensed": row.dispensed}
            yield TodayRow(NOW, people[row.subject_id], on, (Due(VIALS, facts),), "differs", "view")


def _excursion_rows(session: Session, ledger: Ledger) -> Iterator[TodayRow]:
    for each in excursions_in(session, ledger):
        if each.undecided:
            facts = {"drug": each.lot.drug, "lot": each.lot.lot, "count": each.undecided}
            yield TodayRow(NOW, None, each.on_day, (Due(EXCURSION, facts),), "to_decide", OPEN_STOCK)
