"""Laboratory samples for tests: somebody with a screening visit and a laboratory, and results as typed."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from people_invented import someone
from study_fixtures import BEIJING

from sle_desk.services import consent_records, laboratories, subjects, visits
from sle_desk.services.desk import Desk
from sle_desk.services.lab_judgement import NewSample, TypedResult
from sle_desk.services.subjects import NewConsent

DRAWN = datetime(2026, 11, 23, 7, 50, tzinfo=BEIJING)


def sample(desk: Desk, **changes: object) -> NewSample:
    """Register somebody with a consent, a screening visit and a laboratory; return a CBC to save."""
    row = subjects.register_subject(desk, someone())
    consent_records.record_consent(
        desk, NewConsent(row.id, "v2.1", date(2026, 11, 23), "07:40", "Zhao Jing", "Y")
    )
    visit = visits.record_visit(desk, row.id, "V0", date(2026, 11, 23))
    laboratory = laboratories.record_laboratory(desk, "PKUPH", "PKUPH central laboratory", date(2026, 1, 1))
    facts: dict[str, object] = {
        "subject_id": row.id,
        "visit_id": visit.id,
        "panel": "CBC",
        "laboratory_id": laboratory,
        "drawn_at": DRAWN,
    }
    return NewSample(**{**facts, **changes})  # type: ignore[arg-type]


def typed(desk: Desk, analyte: str, text: str, unit: str = "") -> TypedResult:
    """Return a result typed in a unit, the standard one unless named."""
    comparator = text[0] if text[0] in "<>" else ""
    standard = desk.protocol.laboratory.analytes[analyte].standard.code
    return TypedResult(analyte, text, comparator, Decimal(text.lstrip("<>")), unit or standard)
