"""A dose at a site, with a diluent or at a place that is in no list: recorded in words, as it happened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from dose_fixtures import at, dispense, inject, injection, prepared
from earlier_schema import put_back
from sqlalchemy import func, select
from study_fixtures import Study
from trial_fixtures import arms, made_arms, made_trial

from sle_desk.base.errors import RuleBroken
from sle_desk.domain import roles
from sle_desk.models.audit import Audit
from sle_desk.models.store import redaction, schema
from sle_desk.models.store.database import connect
from sle_desk.models.treatment import Dose, DoseVials
from sle_desk.services import (
    deviations,
    dose_corrections,
    dose_lists,
    dose_log,
    dosing,
    history,
    infusions,
    preparing,
    studies,
)
from sle_desk.services.desk import Desk
from sle_desk.services.dose_entry import GivenDose, VialUse
from sle_desk.services.dose_log import DoseRow
from sle_desk.services.dosing import DiaryRow

__all__ = ["arms", "made_arms", "made_trial"]

TODAY = date(2026, 11, 23)
BOTH, BELIMUMAB, INTERLEUKIN = 1, 2, 3
AT_WORK = {"place": "other", "place_note": "at work", "source_reference": "telephone note, binder 3"}
BUTTOCK = {"site": "other", "site_note": "left buttock"}


@pytest.fixture
def dosed(arms: Study) -> Iterator[Study]:
    """Subject 3 had the first injection today at the left arm."""
    desk = nurse(arms)
    dispense(desk, INTERLEUKIN)
    inject(desk, INTERLEUKIN)
    at(arms, TODAY + timedelta(days=2))
    yield arms


def nurse(study: Study) -> Desk:
    return study.sit("lin.yue", roles.NURSE)


def last(desk: Desk, subject_id: int = INTERLEUKIN) -> DoseRow:
    return dose_log.doses(desk, subject_id)[-1]


def test_an_injection_elsewhere_on_the_body_and_at_another_place_is_kept_in_words(dosed: Study) -> None:
    desk = nurse(dosed)
    done = inject(desk, INTERLEUKIN, **BUTTOCK, **AT_WORK)
    assert done.findings == ()
    given = last(desk).given
    assert (given.site, given.site_note) == ("other", "left buttock")
    assert (given.place, given.place_note, given.source_reference) == tuple(AT_WORK.values())
    assert dose_lists.listed_doses(desk)[0].site_note == "left buttock"
    assert deviations.deviations(desk, INTERLEUKIN) == ()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"site": "other"}, "change.note_needed"),
        ({"site": "other", "site_note": "  "}, "change.note_needed"),
        ({"site": "buttock"}, "dose.code"),
        ({**AT_WORK, "place_note": ""}, "change.note_needed"),
        ({**AT_WORK, "source_reference": ""}, "dose.proof_needed"),
        ({**BUTTOCK, "site_note": "left\x00buttock"}, "text.control"),
        ({**AT_WORK, "place_note": "at\x00work"}, "text.control"),
    ],
)
def test_other_without_its_words_or_its_proof_is_refused(
    dosed: Study, changes: dict[str, str], code: str
) -> None:
    desk = nurse(dosed)
    before = desk.head()
    with pytest.raises(RuleBroken, match=code):
        inject(desk, INTERLEUKIN, **changes)
    assert desk.head() == before


def test_another_diluent_is_kept_from_preparing_to_giving(arms: Study) -> None:
    desk = nurse(arms)
    with pytest.raises(RuleBroken, match=r"change\.note_needed"):
        preparing.prepare_infusion(desk, prepared(desk, BELIMUMAB, diluent="other"))
    made = prepared(desk, BELIMUMAB, diluent="other", diluent_note="5 % glucose, by mistake")
    row = preparing.prepare_infusion(desk, made)
    assert last(desk, BELIMUMAB).given.diluent_note == "5 % glucose, by mistake"
    start = desk.now()
    arms.clock.advance(timedelta(minutes=90))
    given = GivenDose(
        subject_id=BELIMUMAB,
        drug="BEL",
        on_day=desk.today(),
        started_at=start,
        ended_at=desk.now(),
        administered=row.prescribed,
        reaction="none",
        **AT_WORK,
    )
    infusions.give_infusion(desk, given, row.id, row.version)
    kept = last(desk, BELIMUMAB).given
    assert (kept.diluent, kept.diluent_note) == ("other", "5 % glucose, by mistake")
    assert (kept.place, kept.place_note) == ("other", "at work")


def test_the_rotation_goes_on_and_equal_words_alone_are_the_same_site(dosed: Study) -> None:
    desk = nurse(dosed)
    inject(desk, INTERLEUKIN, **BUTTOCK)
    at(dosed, TODAY + timedelta(days=4))
    desk = nurse(dosed)
    proposal = dosing.propose_injection(desk, INTERLEUKIN)
    assert (proposal.site, proposal.last_sites[0].site_note) == ("RA", "left buttock")

    def shown(note: str) -> list[str]:
        given = injection(desk, INTERLEUKIN, site="other", site_note=note)
        return [each.code for each in dosing.preview(desk, given).findings]

    assert shown("right buttock") == []
    assert shown("Left buttock") == ["dose.same_site"]


def test_a_dose_is_corrected_to_another_site_and_back_and_the_history_has_the_words(dosed: Study) -> None:
    desk = nurse(dosed)
    row = last(desk)
    with pytest.raises(RuleBroken, match=r"change\.note_needed"):
        dose_corrections.correct_dose(desk, row.id, {"site": "other"}, "source", row.version)
    dose_corrections.correct_dose(desk, row.id, BUTTOCK, "source", row.version)
    row = last(desk)
    assert (row.given.site, row.given.site_note) == ("other", "left buttock")
    back = {"site": "RB", "site_note": ""}
    dose_corrections.correct_dose(desk, row.id, back, "slip", row.version)
    assert (last(desk).given.site, last(desk).given.site_note) == ("RB", "")
    past = history.value_history(desk, "dose", row.id, ("site_note",))
    assert [each.value["site_note"] for each in past] == ["", "left buttock", ""]


def test_a_row_of_a_diary_takes_another_site(dosed: Study) -> None:
    at(dosed, TODAY + timedelta(days=3))
    desk = nurse(dosed)
    row = DiaryRow(
        TODAY + timedelta(days=2),
        at=time(8, 30),
        administered=Decimal(1),
        reaction="none",
        site="other",
        site_note="left buttock",
        vials=(VialUse("202607-A3", Decimal(1), 1),),
    )
    dosing.record_diary(desk, INTERLEUKIN, desk.today(), "D-07", (row,))
    assert (last(desk).given.site_note, last(desk).given.place) == ("left buttock", "home")


def test_the_words_are_a_persons_own_and_can_be_taken_out() -> None:
    free = redaction.free_columns(Dose.__table__)  # type: ignore[arg-type]
    assert {"site_note", "diluent_note", "place_note"} <= set(free)
    assert not {"site", "place"} & set(free)


def kept(desk: Desk) -> tuple[list[dict[str, Any]], int, int]:
    """Return every dose without the columns that came later, and how many vials and audit rows there are."""
    later = {"site_note", "diluent_note", "place_note"}
    with desk.view() as session:
        rows = session.scalars(select(Dose).order_by(Dose.id)).all()
        columns = [column.name for column in Dose.__table__.columns if column.name not in later]
        found = [{name: getattr(row, name) for name in columns} for row in rows]
        vials = session.scalar(select(func.count()).select_from(DoseVials)) or 0
        audit = session.scalar(select(func.count()).select_from(Audit).where(Audit.table_name == "dose")) or 0
    return found, vials, audit


def test_the_doses_of_schema_4_are_all_there_with_nothing_in_words(dosed: Study) -> None:
    desk = nurse(dosed)
    inject(desk, INTERLEUKIN)
    preparing.prepare_infusion(desk, prepared(desk, BELIMUMAB))
    before = kept(desk)
    assert (len(before[0]), before[1]) == (3, 4)
    assert dosed.unlocked is not None
    key = dosed.unlocked.database.data_key
    dosed.leave()
    put_back(dosed.folder, key, 4)
    old = connect(dosed.folder.study, key)
    assert "site_note" not in schema.tables(old.cursor())["dose"]
    old.close()
    desk = nurse(dosed)
    assert kept(desk) == before
    with desk.view() as session:
        noted = session.execute(select(Dose.site_note, Dose.diluent_note, Dose.place_note)).all()
    assert [tuple(row) for row in noted] == [("", "", "")] * 3
    assert dosed.unlocked is not None
    assert studies.opening_checks(dosed.unlocked, lambda step, share: None).holds
    # What could not be said before is said from now on.
    row = next(each for each in dose_log.doses(desk, INTERLEUKIN) if each.given.site == "RA")
    dose_corrections.correct_dose(desk, row.id, BUTTOCK, "source", row.version)
    assert last(desk).given.site_note == "left buttock"
