"""The demonstration: whole, in every state promised, the same again from the same seed, naming nobody."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
from outputs import words_of
from study_fixtures import CHEAP, Study, clock, made_study, study

from sle_desk.base.clock import SteppingClock
from sle_desk.base.errors import RuleBroken, StorageFailed
from sle_desk.base.instants import read_instant
from sle_desk.demo import courses, making
from sle_desk.demo.making import BEIJING, Made, Wanted, make_demonstration
from sle_desk.domain import roles
from sle_desk.domain.identity import read_resident
from sle_desk.domain.site_calendar import HOLIDAY
from sle_desk.models.store.key_file import KeyCost, read_keys
from sle_desk.models.store.keys import write_keys
from sle_desk.models.subject import Identity
from sle_desk.services import (
    deviations,
    dispositions,
    dose_log,
    entered_in_error,
    site_days,
    studies,
    study_clock,
    subjects,
    visits,
    void_subjects,
)
from sle_desk.services.before_sign_in import study_header
from sle_desk.services.desk import Desk

__all__ = ["clock", "made_study", "study"]
TODAY = date(2026, 11, 22)
# Audit codes of papers, and what is random by its nature in the audit: study id, seals, hashes.
CODE = re.compile(r"[A-Z2-7]{4}(-[A-Z2-7]{4})+|[0-9a-f]{16,}")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A demonstration of three patients."""
    return make_demonstration(Wanted(tmp_path_factory.mktemp("demo") / "out", TODAY, 3, 7), CHEAP)


@pytest.fixture(scope="module")
def desk(made: Made):
    """The PI's desk in it, entered with the password that accounts.json gives."""
    account = json.loads((made.study.parent / "accounts.json").read_text(encoding="utf-8"))[roles.PI]
    clock = SteppingClock(datetime(2026, 11, 22, 1, tzinfo=UTC))
    unlocked = studies.unlock(made.study, account["user"], account["password"], clock)
    seated = studies.sit_down(unlocked, roles.PI, clock)
    yield seated
    studies.stand_up(unlocked, seated)


def cells(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return every sheet of a workbook as rows of values, codes apart."""
    book = openpyxl.load_workbook(path, read_only=True)
    found = {sheet.title: [_uncoded(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}
    book.close()
    return found


def _uncoded(row: tuple[object, ...]) -> tuple[object, ...]:
    return tuple(CODE.sub("CODE", value) if isinstance(value, str) else value for value in row)


def test_the_site_of_the_demonstration_took_in_the_offered_calendar(desk: Desk) -> None:
    assert site_days.to_take(desk) == ()
    assert site_days.site_calendar(desk).standing(date(2026, 10, 1)) == HOLIDAY


def test_the_study_passes_its_opening_checks_and_is_marked(desk: Desk) -> None:
    from sle_desk.models.store import verification

    verified = desk.cursor_check(lambda cursor: verification.verify(cursor, lambda step, share: None))
    assert verified.holds and verified.number > 500
    assert studies.is_demonstration(desk)


def test_the_states_are_those_promised(desk: Desk) -> None:
    assert [row.state for row in subjects.subjects(desk)] == ["complete", "failed", "treatment"]
    complete, failed, _ = (dispositions.dispositions(desk, row.id) for row in subjects.subjects(desk))
    assert [step.kind for step in complete] == ["completed"]
    assert [step.kind for step in failed] == ["screen_failure"]


def test_a_missed_dose_an_overdose_and_a_dose_in_error_are_there(desk: Desk) -> None:
    rows = [row for each in subjects.subjects(desk) for row in dose_log.doses(desk, each.id)]
    assert sum(row.progress == "missed" for row in rows) == 1
    assert sum(row.void for row in rows) == 1
    over = [row for row in rows if not row.void and row.given.reason == "mistake"]
    assert [row.given.administered for row in over] == [2]
    assert "dose.amount_fold" in over[0].deviations
    proposed = Counter(row.code for row in deviations.deviations(desk, progress="proposed"))
    assert proposed["dose.missed"] == 1 and proposed["dose.amount_fold"] == 1


def test_a_patient_registered_twice_points_at_the_one_that_stands(desk: Desk) -> None:
    *standing, twin = subjects.subjects(desk, void=True)
    assert (twin.code, twin.state) == ("SLE-004", "void")
    found = void_subjects.registration(desk, twin.id)
    assert found.stands == (standing[-1].id, standing[-1].code)
    assert found.reason.startswith("slip: Came with her passport")


def test_a_report_typed_at_the_wrong_visit_stands_at_the_right_one(desk: Desk) -> None:
    rows = [row for each in subjects.subjects(desk) for row in entered_in_error.voided(desk, each.id)]
    (sample,) = [row for row in rows if row.table == "sample"]
    assert sample.there is not None
    assert (sample.code, sample.here.visit, sample.there.visit) == ("COMP", "V0", "V1")
    assert sample.here.subject_id == sample.there.subject_id and not sample.there_void


def test_a_laboratory_value_was_corrected_with_its_reason(desk: Desk) -> None:
    corrected = desk.cursor_check(
        lambda cursor: cursor.execute("SELECT reason FROM audit WHERE action = 'value.correct'").fetchall()
    )
    assert [reason for (reason,) in corrected] == ["slip: Read again on the report."]


def test_nobody_is_asked_for_a_new_password_and_every_role_has_an_account(made: Made) -> None:
    accounts = json.loads((made.study.parent / "accounts.json").read_text(encoding="utf-8"))
    assert set(accounts) == {
        "administrator", "pi", "coordinator", "nurse", "investigator", "statistician", "monitor"
    }  # fmt: skip
    assert {slot.cost for slot in read_keys(made.study / "study.keys").slots} == {CHEAP}


def test_the_lasting_cost_of_a_password_is_the_usual_one() -> None:
    assert making.make_demonstration.__defaults__ == (None,)
    assert KeyCost().memory_kib >= 64 * 1024


def test_both_presets_and_both_languages_are_written(made: Made) -> None:
    names = [path.name for path in made.exports]
    assert sum(name.endswith("SITE.xlsx") for name in names) == 2
    assert sum(name.endswith("SPONSOR.xlsx") for name in names) == 2
    assert sum(name.endswith(".pdf") and "WORKSHEET" not in name for name in names) >= 4
    assert all(path.stat().st_size > 1000 for path in made.exports)
    assert all("DEMONSTRATION DATA" in words_of(path).upper() for path in made.exports)


def test_no_name_identity_number_or_birth_date_is_in_an_export(made: Made, desk: Desk) -> None:
    with desk.view() as session:
        secrets = [text for row in session.query(Identity) for text in (row.name, row.identity_number)]
    secrets += [row.birth_date.isoformat() for row in subjects.subjects(desk)]
    # Three patients, one of them registered twice.
    assert len(secrets) == 11 and all(secrets)
    for path in made.exports:
        text = words_of(path)
        assert [secret for secret in secrets if secret in text] == [], path.name


def test_the_invented_identity_numbers_pass_their_own_check(desk: Desk) -> None:
    for row in subjects.subjects(desk):
        known = subjects.identity_of(desk, row.id)
        assert read_resident(known.identity_number).birth_date == known.birth_date
        assert known.identity_number.startswith("99")


@pytest.mark.slow
def test_equal_seeds_and_days_give_equal_values(made: Made, tmp_path: Path) -> None:
    again = make_demonstration(Wanted(tmp_path / "out", TODAY, 3, 7), CHEAP)
    assert [path.name for path in again.exports] == [path.name for path in made.exports]
    for first, second in zip(made.exports, again.exports, strict=True):
        if first.suffix == ".xlsx":
            assert cells(first) == cells(second)
        else:
            assert CODE.sub("CODE", words_of(first)) == CODE.sub("CODE", words_of(second))


def test_another_seed_draws_other_fates_for_more_patients() -> None:
    from random import Random

    assert courses.fates(20, Random("1 fates")) != courses.fates(20, Random("2 fates"))
    twelve = Counter(fate for fate, _ in courses.fates(12, Random("1 fates")))
    assert twelve == {
        "treated": 6, "complete": 1, "failed": 1, "withdrawn": 1,
        "randomised": 1, "screened": 1, "consented": 1,
    }  # fmt: skip


def test_a_folder_that_holds_anything_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(StorageFailed, match=r"folder\.not_empty"):
        make_demonstration(Wanted(tmp_path, TODAY))
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]


@pytest.mark.parametrize("count", [0, 31])
def test_a_number_of_patients_that_the_list_cannot_hold_is_refused(tmp_path: Path, count: int) -> None:
    with pytest.raises(RuleBroken, match=r"demonstration\.subjects"):
        make_demonstration(Wanted(tmp_path / "out", TODAY, count))
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_twelve_patients_are_in_every_state_and_one_stopped_only_il2(tmp_path: Path) -> None:
    large = make_demonstration(Wanted(tmp_path / "out", TODAY, 12, 7), CHEAP)
    account = json.loads((tmp_path / "out" / "accounts.json").read_text(encoding="utf-8"))[roles.PI]
    clock = SteppingClock(datetime(2026, 11, 22, 1, tzinfo=UTC))
    unlocked = studies.unlock(large.study, account["user"], account["password"], clock)
    assert studies.opening_checks(unlocked, lambda step, share: None).holds
    seated = studies.sit_down(unlocked, roles.PI, clock)
    try:
        rows = subjects.subjects(seated)
        steps = [step for row in rows for step in dispositions.dispositions(seated, row.id)]
    finally:
        studies.stand_up(unlocked, seated)
    assert {row.state for row in rows} == {
        "complete", "failed", "left", "treatment", "randomised", "screening"
    }  # fmt: skip
    assert {row.arm for row in rows} == {"", "BELIL2", "BEL", "IL2"}
    assert [(step.kind, step.drug) for step in steps if step.kind == "drug_stop"] == [("drug_stop", "IL2")]


@pytest.mark.slow
def test_opening_it_goes_on_from_its_own_last_instant(tmp_path: Path) -> None:
    past = date(2025, 3, 5)
    study = make_demonstration(Wanted(tmp_path / "past", past, 1, 7), CHEAP).study
    account = json.loads((study.parent / "accounts.json").read_text(encoding="utf-8"))[roles.COORDINATOR]
    for _ in range(2):
        last = read_instant(read_keys(study / "study.keys").header.last_instant)
        clock = study_clock.clock_of(study, SteppingClock(datetime(2026, 11, 22, 1, tzinfo=UTC)))
        unlocked = studies.unlock(study, account["user"], account["password"], clock)
        desk = studies.sit_down(unlocked, roles.COORDINATOR, clock)
        assert desk.now() >= last and desk.now().astimezone(BEIJING).date() == past
        codes = [row.code for row in subjects.subjects(desk)]
        visits.record_visit(desk, 1, "UNS", desk.today(), reason="source")
        studies.stand_up(unlocked, desk)
        assert codes and study_header(study).demonstration
    assert last.astimezone(BEIJING).date() == past


def test_a_study_of_patients_goes_by_the_clock_of_the_computer(study: Study) -> None:
    keys = read_keys(study.folder.keys)
    write_keys(study.folder.keys, replace(keys, header=replace(keys.header, demonstration=False)), b"")
    assert study_clock.clock_of(study.folder.path, study.clock) is study.clock


def test_a_folder_that_is_no_study_gets_the_clock_given(tmp_path: Path) -> None:
    clock = SteppingClock(datetime(2026, 11, 22, 1, tzinfo=UTC))
    assert study_clock.clock_of(tmp_path, clock) is clock
