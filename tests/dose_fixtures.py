"""Doses planned, prepared and given in a trial under way, made for tests through the services."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import count

from study_fixtures import Study
from trial_fixtures import WEIGHT, vitals

from sle_desk.services import dispensing, dosing, infusions, preparing, visits
from sle_desk.services.desk import Desk
from sle_desk.services.dispensing import NewDispensing
from sle_desk.services.dose_entry import GivenDose, VialUse
from sle_desk.services.dosing import Recorded
from sle_desk.services.preparing import PreparedInfusion

KITS = count(1001)


def at(study: Study, day: date, clock: str = "09:00") -> datetime:
    """Move the study's clock to a time of a day and return that instant."""
    instant = datetime.combine(day, time.fromisoformat(clock), study.clock.now().tzinfo)
    study.clock.set(instant)
    study.believe()
    return instant


def injection(desk: Desk, subject_id: int, **changes: object) -> GivenDose:
    """Return an injection of now, as planned, with some of it changed."""
    given = GivenDose(
        subject_id=subject_id,
        drug="IL2",
        on_day=desk.today(),
        started_at=desk.now(),
        administered=Decimal(1),
        site="LA",
        place="ward",
        reaction="none",
        given_by="Lin Yue",
        vials=(VialUse("202607-A3", Decimal(1), 1),),
    )
    return replace(given, **changes)  # type: ignore[arg-type]


def dispense(
    desk: Desk, subject_id: int, vials: int = 60, on_day: date | None = None, reason: str = ""
) -> None:
    """Hand a kit of IL-2 to a subject; otherwise than planned it takes a reason."""
    new = NewDispensing(
        subject_id, "IL2", "202607-A3", Decimal(1), vials, on_day or desk.today(), f"K-{next(KITS)}"
    )
    dispensing.record_dispensing(desk, new, reason)


def inject(desk: Desk, subject_id: int, **changes: object) -> Recorded:
    """Record an injection of now at the site proposed, with some of it changed."""
    site = dosing.propose_injection(desk, subject_id).site
    return dosing.record_injection(desk, injection(desk, subject_id, **{"site": site, **changes}))


def prepared(desk: Desk, subject_id: int, weight: Decimal = WEIGHT, **changes: object) -> PreparedInfusion:
    """Return an infusion of today, prepared as the sum proposes, with some of it changed."""
    shown = infusions.propose_infusion(desk, subject_id, weight)
    vials = shown.sum.vials.least_waste.counts if shown.sum else ()
    made = PreparedInfusion(
        subject_id=subject_id,
        drug="BEL",
        on_day=desk.today(),
        weight=weight,
        weighed_on=desk.today(),
        vials=tuple(VialUse(f"C7K{strength}", strength, count) for strength, count in vials),
        prepared_by="Lin Yue",
        checked_by="Chen Lan",
        prepared_at=desk.now(),
        diluent="saline",
        diluent_ml=Decimal(250),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def infuse(study: Study, desk: Desk, subject_id: int, weight: Decimal = WEIGHT) -> Recorded:
    """Prepare an infusion, check it, and record it as given over an hour."""
    row = preparing.prepare_infusion(desk, prepared(desk, subject_id, weight))
    start = desk.now()
    study.clock.advance(timedelta(minutes=90))
    given = GivenDose(
        subject_id=subject_id,
        drug="BEL",
        on_day=desk.today(),
        started_at=start,
        ended_at=start + timedelta(minutes=60),
        observed_until=desk.now(),
        administered=row.prescribed,
        reaction="none",
        given_by="Lin Yue",
        place="ward",
    )
    return infusions.give_infusion(desk, given, row.id, row.version)


def weigh(desk: Desk, subject_id: int, visit: str, weight: Decimal = WEIGHT) -> int:
    """Record a visit of today with its vital signs; return the visit."""
    visit_id = visits.record_visit(desk, subject_id, visit, desk.today()).id
    vitals(desk, subject_id, visit_id, weight)
    return visit_id
