"""An amendment is imported, shown, approved and in force from its day; what was before it stays as it was."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from amendment_packages import (
    ADDED_FIELD,
    ADDED_VISITS,
    BASE,
    CRITERIA,
    MOVED,
    NEWER,
    NEXT,
    PROTOCOL,
    READING,
    SENTENCE,
    VITALS,
    Changes,
    approval,
    approve,
    imported,
    in_force,
    opens_whole,
    packed,
)
from amendment_packages import register as note_approval
from dose_fixtures import at, dispense, inject
from registered_package import installed_bytes
from study_fixtures import LOGINS, PASSWORD, Study
from trial_fixtures import (
    arms,
    judge_leaves,
    made_arms,
    made_ready,
    made_trial,
    numbers,
    ready,
    register,
    screen,
    trial,
    vitals,
)

from sle_desk.base.errors import NotAllowed, RuleBroken, SleDeskError, Stale
from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.services import (
    amendments,
    checklist,
    eligibility,
    form_records,
    form_signing,
    overview,
    plan,
    visit_states,
    visits,
)
from sle_desk.services.amendments import APPROVE, AmendmentApproval
from sle_desk.services.answers import Given
from sle_desk.services.asked_forms import form_of
from sle_desk.services.due_rows import NOW, TodayRow
from sle_desk.services.form_records import NewForm

__all__ = ["arms", "made_arms", "made_ready", "made_trial", "ready", "trial"]


ON_IL2 = 3


def refusal(study: Study, path: Path) -> SleDeskError:
    with pytest.raises(SleDeskError) as caught:
        imported(study, path)
    assert not amendments.amendments(study.sit("wu.min", roles.PI))
    study.leave()
    return caught.value


def test_a_new_sentence_is_shown_approved_and_in_force_from_its_day(study: Study, tmp_path: Path) -> None:
    row = imported(study, packed(tmp_path / "a.zip", SENTENCE, folder="nct05262686/"))
    desk = study.sit("wu.min", roles.PI)
    found = {each.name: each for each in amendments.difference_of(desk, row.id)}
    label = found["criteria.I1.leaves.I1.label"]
    assert set(found) == {"version", "criteria.I1.leaves.I1.label"}
    assert label.before is not None and label.after is not None
    assert (label.before.zh, label.after.zh) == ("年龄", "周岁年龄")
    assert desk.protocol.version == BASE
    desk = approve(study, row)
    assert (desk.protocol.version, desk.newest_protocol.version) == (BASE, NEXT)
    study.clock.advance(timedelta(days=1))
    assert desk.protocol.leaf("I1").label.en == "Age in years"
    assert study.sit("chen.lan", roles.COORDINATOR).protocol.version == NEXT
    assert desk.protocol.of(BASE).leaf("I1").label.en == "Age"


def test_without_an_amendment_nothing_of_a_study_is_another_one(study: Study) -> None:
    desk = study.sit("wu.min", roles.PI)
    assert desk.protocol is desk.newest_protocol and desk.protocol.versions == (desk.protocol,)
    assert amendments.amendments(desk) == ()


FAULTY: dict[str, tuple[Changes, str]] = {
    "misspelt": ({VITALS: (('kind = "number"', 'knid = "number"'),)}, r"package\.missing"),
    "no_toml": ({CRITERIA: (("[marks]", "[marks"),)}, r"package\.not_toml"),
    "registry": ({"registry.txt": (("lupus", "Lupus"),)}, r"package\.registry_hash"),
    "verbatim": (
        {CRITERIA: (('words = "Male or female >18', 'words = "Male or female >19'),)},
        r"package\.words",
    ),
    "invisible": (
        {CRITERIA: (('en = "Age"', 'en = "A\\u0007ge"'),)},
        r"amendment\.character",
    ),
    "other_trial": ({PROTOCOL: (('subject_prefix = "SLE"', 'subject_prefix = "SJO"'),)}, r"amendment\.other"),
    "unit": (
        {VITALS: (('version = "1"', 'version = "2"'), ('unit = "C"', 'unit = "K"'))},
        r"amendment\.not_supported",
    ),
    "same_form_version": ({VITALS: (ADDED_FIELD[VITALS][1],)}, r"amendment\.form_version"),
    "dose": ({PROTOCOL: (('amount = "10"', 'amount = "8"'),)}, r"amendment\.not_supported"),
    "nothing": ({}, r"amendment\.no_difference"),
}


@pytest.mark.parametrize("case", FAULTY)
def test_a_faulty_or_unsupported_package_is_refused_and_nothing_of_it_kept(
    study: Study, tmp_path: Path, case: str
) -> None:
    changes, code = FAULTY[case]
    assert refusal(study, packed(tmp_path / "a.zip", changes)).code.startswith(
        code.replace("\\", "").rstrip()
    )


@pytest.mark.parametrize(("version", "code"), [(BASE, "not_newer"), ("2.9", "not_newer"), ("new", "version")])
def test_a_version_that_is_not_newer_is_refused(
    study: Study, tmp_path: Path, version: str, code: str
) -> None:
    other = packed(tmp_path / "a.zip", SENTENCE, version=(NEWER[0], f'version = "{version}"'))
    assert refusal(study, other).code == f"amendment.{code}"


def hostile(path: Path, write: Callable[[zipfile.ZipFile], object]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("protocol.toml", "")
        write(target)
    return path


def _empty(name: str, target: zipfile.ZipFile) -> None:
    target.writestr(name, "")


def test_a_file_that_is_no_package_is_refused_by_a_sentence(study: Study, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(b"PK\x03\x04 and no more")
    assert refusal(study, path).code == "amendment.not_a_zip"
    assert refusal(study, tmp_path / "none.zip").code == "amendment.unreadable"
    for name in ("../out.toml", "/etc/a.toml", "c:\\a.toml", "a\u202eb.toml"):
        found = refusal(study, hostile(path, partial(_empty, name)))
        assert found.code == "amendment.member"
    burst = refusal(study, hostile(path, lambda target: target.writestr("labs.toml", "a" * 1_500_000)))
    assert burst.code == "amendment.member"
    many = hostile(path, lambda target: [target.writestr(f"forms/a{n}.toml", "") for n in range(300)])
    assert refusal(study, many).code == "amendment.too_many_files"
    path.write_bytes(bytes(5 * 1024 * 1024))
    assert refusal(study, path).code == "amendment.too_large"


def test_a_field_that_holds_data_cannot_be_left_out(trial: Study, tmp_path: Path) -> None:
    subject = register(trial)
    desk = trial.sit("lin.yue", roles.NURSE)
    vitals(desk, subject, visits.record_visit(desk, subject, "V0", desk.today()).id)
    trial.leave()
    text = installed_vitals()
    # No other form asks for the height by this field.
    begins = text.index('[[section.field]]\ncode = "height"')
    ends = text.find("[[section.field]]", begins + 5)
    height = text[begins:] if ends < 0 else text[begins:ends]
    found = refusal(
        trial,
        packed(tmp_path / "a.zip", {VITALS: (('version = "1"', 'version = "2"'), (height, ""))}),
    )
    assert (found.code, found.facts) == (
        "amendment.holds_data",
        {"key": "forms.vitals.fields.height", "count": 1},
    )


def installed_vitals() -> str:
    return installed_bytes()[VITALS].decode("utf-8")


def test_a_record_is_read_and_signed_with_the_version_it_was_written_under(
    trial: Study, tmp_path: Path
) -> None:
    subject = register(trial)
    desk = trial.sit("lin.yue", roles.NURSE)
    first = visits.record_visit(desk, subject, "V0", desk.today()).id
    before = vitals(desk, subject, first)
    old = desk.protocol
    with desk.view() as session:
        record = session.get_one(form_signing.FormRecord, before)
        sealed = form_signing.signed_content(session, desk.protocol, record)
    trial.leave()
    desk = in_force(trial, tmp_path / "a.zip", ADDED_FIELD)
    asked = {field.code for field in form_of(desk, subject, "vitals", before).fields()}
    assert "waist" not in asked and asked == {field.code for field in old.form("vitals").fields()}
    with desk.view() as session:
        record = session.get_one(form_signing.FormRecord, before)
        assert (record.protocol_version, record.form_version) == (BASE, "1")
        assert form_signing.signed_content(session, desk.protocol, record) == sealed
    states = {each.code: each for visit in visit_states.visit_states(desk, subject) for each in visit.forms}
    assert states["vitals"].state == "complete"
    second = visits.record_visit(desk, subject, "UNS", desk.today()).id
    assert "waist" in {field.code for field in form_of(desk, subject, "vitals").fields()}
    given = Given({**numbers({"weight": "60", "waist": "71.5"})})
    row = form_records.save_form(desk, NewForm(subject, second, "vitals", desk.today(), given, "08:00"))
    assert row.form_version == "2" and row.values["waist"] == Value(
        number=row.values["waist"].number, typed="71.5"
    )
    with desk.view() as session:
        assert session.get_one(form_signing.FormRecord, row.id).protocol_version == NEXT


def dosed_70_days_apart(study: Study) -> None:
    """Give subject 3 a first dose, and subject 1 one ten weeks later."""
    desk = study.sit("lin.yue", roles.NURSE)
    for subject in (ON_IL2, 1):
        dispense(desk, subject)
        inject(desk, subject)
        at(study, desk.today() + timedelta(days=70 if subject == ON_IL2 else 0))
    study.leave()


def test_dates_that_would_move_are_listed_and_those_behind_stay(arms: Study, tmp_path: Path) -> None:
    dosed_70_days_apart(arms)
    row = imported(arms, packed(tmp_path / "a.zip", MOVED))
    desk = arms.sit("wu.min", roles.PI)
    before = {each.planned.code: each.planned for each in plan.calendar(desk, ON_IL2).visits}
    told = amendments.effects(desk, row.id, amendments.earliest_day(desk))
    changed = {each.whose.id: each for each in told.moving}
    # Week 8 lies behind for the one who was dosed, and is told as staying; for the others it moves.
    assert (changed[ON_IL2].moved, changed[ON_IL2].windows) == ((), 1)
    assert [each.what for each in changed[1].moved] == ["W8"]
    (stays,) = told.staying
    assert (stays.whose.id, [each.what for each in stays.moved]) == (ON_IL2, ["W8"])
    assert stays.moved[0].becomes - stays.moved[0].was == timedelta(days=7)
    desk = approve(arms, row)
    arms.clock.advance(timedelta(days=1))
    after = {each.planned.code: each.planned for each in plan.calendar(desk, ON_IL2).visits}
    assert after["W8"] == before["W8"] and after["W16"].planned_on == before["W16"].planned_on
    assert after["W16"].opens_on != before["W16"].opens_on
    others = {each.planned.code: each.planned for each in plan.calendar(desk, 1).visits}
    assert others["W8"].planned_on - others["W4"].planned_on == timedelta(days=35)


def test_a_visit_that_is_added_is_planned_ahead_and_asked_of_nobody_behind(
    arms: Study, tmp_path: Path
) -> None:
    dosed_70_days_apart(arms)
    desk = in_force(arms, tmp_path / "a.zip", ADDED_VISITS)
    codes = {each.planned.code for each in plan.calendar(desk, ON_IL2).visits}
    assert "W10" not in codes and "W14" in codes
    assert {"W10", "W14"} <= {each.planned.code for each in plan.calendar(desk, 1).visits}
    arms.clock.advance(timedelta(days=30))
    assert "W10" not in {each.planned.code for each in plan.calendar(desk, ON_IL2).visits}


def test_who_was_judged_before_keeps_that_version_and_who_comes_later_has_the_new_one(
    ready: Study, tmp_path: Path
) -> None:
    later = register(ready, 2)
    screen(ready, later)
    desk = ready.sit("wu.min", roles.PI)
    judge_leaves(desk, later)
    content = checklist.checklist(desk, 1).signed
    ready.leave()
    desk = in_force(ready, tmp_path / "a.zip", SENTENCE, READING)
    signed = checklist.checklist(desk, 1)
    assert signed.signed == content and (signed.protocol_version, signed.later_version) == (BASE, NEXT)
    assert {row.code: row for row in signed.rows}["I1"].judged.leaf.label.en == "Age"
    assert not any(row.evidence_changed for row in signed.rows)
    unsigned = checklist.checklist(desk, later)
    assert (unsigned.protocol_version, unsigned.later_version) == (NEXT, "")
    rows = {row.code: row for row in unsigned.rows}
    assert rows["I1"].judged.leaf.label.en == "Age in years"
    # A reading that says something else is decided again; what reads as it did stands.
    assert [code for code, row in rows.items() if row.evidence_changed] == ["E7"]
    with desk.view() as session:
        kept = session.get_one(eligibility.EligibilityDecision, content.id if content else 0)
        assert eligibility.changed_leaves(session, desk.protocol, kept) == []


def test_an_approval_needs_the_list_that_was_shown_its_basis_and_a_day_to_come(
    study: Study, tmp_path: Path
) -> None:
    row = imported(study, packed(tmp_path / "a.zip", SENTENCE))
    desk = study.sit("wu.min", roles.PI)
    note_approval(desk)
    signing = amendments.signing_for(APPROVE, "en", PASSWORD)

    def refused(given: AmendmentApproval) -> str:
        with pytest.raises(SleDeskError) as caught:
            amendments.approve(desk, study.folder, row.id, row.version, given, signing)
        return caught.value.code

    given, today = approval(desk, row.id), desk.today()
    for changed, code in (
        (replace(given, shown=""), "amendment.list_changed"),
        (replace(given, effective_from=today), "amendment.too_early"),
        (replace(given, effective_from=today + timedelta(days=367)), "amendment.too_late"),
        (replace(given, approved_on=today + timedelta(days=1)), "day.future"),
        (replace(given, approval_number="2026PHB-7"), "amendment.not_registered"),
        (replace(given, approved_on=today), "ethics.other_day"),
        (replace(given, approval_number=" "), "decision.approval_number_needed"),
        (replace(given, document=""), "decision.document_needed"),
    ):
        assert refused(changed) == code
    amendments.check_given(desk, replace(given, effective_from=today + timedelta(days=366)))
    assert desk.newest_protocol.version == BASE
    desk = study.sit("zhao.jing", roles.INVESTIGATOR)
    given = approval(desk, row.id)
    with pytest.raises(NotAllowed):
        amendments.approve(desk, study.folder, row.id, row.version, given, signing)


def test_a_rejected_amendment_stays_in_sight_and_makes_room_for_another(study: Study, tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", SENTENCE)
    row = imported(study, path)
    with pytest.raises(RuleBroken, match=r"amendment\.one_at_a_time"):
        imported(study, path)
    desk = study.sit("wu.min", roles.PI)
    with pytest.raises(RuleBroken, match=r"decision\.reason_needed"):
        amendments.reject(desk, row.id, row.version, " ")
    amendments.reject(desk, row.id, row.version, "Not the approved wording.")
    with pytest.raises(Stale):
        amendments.reject(desk, row.id, row.version, "Again.")
    study.leave()
    assert imported(study, path).state == "proposed"
    found = amendments.amendments(study.sit("wu.min", roles.PI))
    assert [each.state for each in found] == ["proposed", "rejected"]
    assert found[1].reason == "Not the approved wording."


def test_a_study_with_two_versions_passes_the_checks_at_opening(study: Study, tmp_path: Path) -> None:
    in_force(study, tmp_path / "a.zip", SENTENCE)
    opens_whole(study)


def test_a_proposal_stands_on_today_for_the_pi_alone_until_it_is_decided_on(
    study: Study, tmp_path: Path
) -> None:
    def told(login: str, role: str) -> list[TodayRow]:
        rows = overview.today(study.sit(login, role)).group(NOW)
        return [row for row in rows if row.action == "open_amendment"]

    assert told("wu.min", roles.PI) == []
    study.leave()
    row = imported(study, packed(tmp_path / "a.zip", SENTENCE))
    for role, login in LOGINS.items():
        assert len(told(login, role)) == (role == roles.PI), role
    desk = study.sit("wu.min", roles.PI)
    amendments.reject(desk, row.id, row.version, "Not the approved wording.")
    assert told("wu.min", roles.PI) == []
