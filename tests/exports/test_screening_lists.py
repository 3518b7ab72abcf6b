"""The printed screening log without a name, the identity list with them, and the sheets of both."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import pytest
from outputs import dump
from people_invented import someone
from pypdf import PdfReader
from study_fixtures import PASSWORD, Study, clock, made_study, study
from trial_fixtures import arms, made_arms, made_trial, trial

from sle_desk.base.errors import NotAllowed, RuleBroken
from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.exports import identity_lists, printing
from sle_desk.exports.dataset import PRESETS
from sle_desk.exports.screening_logs import screening_list
from sle_desk.exports.study_export import study_tables
from sle_desk.services import (
    consent_records,
    consent_versions,
    dispositions,
    ethics,
    papers,
    printables,
    reconsent_records,
    registration_corrections,
    rescreening,
    subjects,
    void_subjects,
)
from sle_desk.services.consent_versions import NewVersion
from sle_desk.services.desk import Desk
from sle_desk.services.ethics import NewApproval
from sle_desk.services.reconsent_records import NotSigned
from sle_desk.services.registration_corrections import RegistrationCorrection
from sle_desk.services.snapshots import snapshot
from sle_desk.services.subjects import NewConsent

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "study", "trial"]
EN, ZH = Language("en"), Language("zh_CN")


def text_of(content: bytes) -> str:
    """Return the words of a paper, blanks and line ends as one blank."""
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


@pytest.fixture
def screened(study: Study) -> Desk:
    """A coordinator's desk: one failed and was screened again, one withdrew, one number was in error."""
    desk = study.sit("chen.lan", roles.COORDINATOR)
    for initials, reason in (("ZHM", "window"), ("LXM", "consent"), ("ERR", "")):
        number = "" if initials != "ZHM" else someone().identity_number
        row = subjects.register_subject(desk, someone(initials=initials, identity_number=number))
        consent_records.record_consent(
            desk, NewConsent(row.id, "v2.1", desk.today(), "07:30", "Zhao Jing", "Y")
        )
        if reason:
            note = "told by 张慧敏 herself" if initials == "ZHM" else ""
            dispositions.record_disposition(desk, row.id, "screen_failure", "", desk.today(), reason, note)
        else:
            void_subjects.void_subject(desk, row.id, "slip", row.version)
    rescreening.rescreen(desk, 1, "window")
    return desk


def test_the_log_on_paper_tells_numbers_outcomes_and_counts_and_no_name(screened: Desk) -> None:
    said = text_of(printing.print_screening_log(screened, EN).content)
    for words in ("S-001", "Screening window passed", "again as S-004", "from S-001", "Entered in error"):
        assert words in said
    assert "Withdrew before randomisation" in said and "Assessed for eligibility 2" in said
    assert "Excluded 1" in said and "Screenings in all, repeated ones too 3" in said
    assert "张" not in said and "ZHM" not in said and "1992" not in said
    assert "No name, ID number or full birth date is printed." in said
    chinese = text_of(printing.print_screening_log(screened, ZH).content)
    assert "筛选入选表" in chinese and "超出筛选期" in chinese and "张慧敏" not in chinese


def test_the_log_is_drawn_again_to_the_byte_until_anything_in_it_changes(screened: Desk) -> None:
    printing.print_screening_log(screened, EN)
    (row,) = papers.papers(screened)
    assert row.state == "for_signature" and row.subject == ""
    assert printing.can_print_again(row) and printing.print_again(screened, row).same
    assert [each.kind for each in printables.printables(screened)][-1] == printables.SCREENING
    dispositions.record_disposition(screened, 4, "screen_failure", "", screened.today(), "window")
    (row,) = papers.papers(screened)
    assert row.state == "superseded" and not printing.print_again(screened, row).same


def test_nothing_of_an_arm_stands_in_the_log(arms: Study) -> None:
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    assert "Randomised 3" in text_of(printing.print_screening_log(desk, EN).content)
    with snapshot(desk) as copy:
        content = screening_list(copy)
    said = str((content.lines, content.flow))
    for arm in desk.protocol.arms:
        assert arm.label.en not in said and arm.code not in said


def test_names_are_printed_for_the_pi_alone_after_the_password(study: Study, screened: Desk) -> None:
    signing = identity_lists.signing_for("en", PASSWORD)
    for login, role in (("chen.lan", roles.COORDINATOR), ("zhao.jing", roles.INVESTIGATOR)):
        desk = study.sit(login, role)
        with pytest.raises(NotAllowed):
            identity_lists.print_identity_list(desk, study.folder, EN, signing)
    pi = study.sit("wu.min", roles.PI)
    with pytest.raises(NotAllowed, match="signature.password"):
        wrong = replace(signing, password="not this one")
        identity_lists.print_identity_list(pi, study.folder, EN, wrong)
    assert papers.papers(pi) == ()
    said = text_of(identity_lists.print_identity_list(pi, study.folder, EN, signing).content)
    for words in ("张慧敏", "ZHM", "1992-03-04", someone().identity_number, "S-004", "Entered in error"):
        assert words in said
    assert "This paper holds names" in said and "No name, ID number" not in said
    chinese = text_of(identity_lists.print_identity_list(pi, study.folder, ZH, signing).content)
    assert "受试者鉴认代码表" in chinese and "张慧敏" in chinese


def test_a_character_without_a_glyph_is_told_of_in_words_on_the_list_of_names(study: Study) -> None:
    signing = identity_lists.signing_for("en", PASSWORD)
    desk = study.sit("chen.lan", roles.COORDINATOR)
    # Rare, and drawn: the font has all of the table of standard characters.
    first = subjects.register_subject(desk, someone(name="李𬭚堃㛃"))
    pi = study.sit("wu.min", roles.PI)
    said = text_of(identity_lists.print_identity_list(pi, study.folder, EN, signing).content)
    assert "李𬭚堃㛃" in said and "U+" not in said
    desk = study.sit("chen.lan", roles.COORDINATOR)
    right = replace(someone(), name="李𠮷")
    registration_corrections.correct_registration(desk, RegistrationCorrection(first.id, 1, right, "slip"))
    pi = study.sit("wu.min", roles.PI)
    said = text_of(identity_lists.print_identity_list(pi, study.folder, EN, signing).content)
    assert "李[U+20BB7]" in said
    assert "[U+20BB7]: the font of this paper does not have this character" in said


def test_what_is_noted_of_it_holds_no_name_and_is_never_drawn_again(study: Study, screened: Desk) -> None:
    pi = study.sit("wu.min", roles.PI)
    signing = identity_lists.signing_for("en", PASSWORD)
    identity_lists.print_identity_list(pi, study.folder, EN, signing)
    (row,) = papers.papers(pi)
    assert not printing.can_print_again(row)
    assert printables.IDENTITY not in {each.kind for each in printables.printables(pi)}
    kept = dump(pi)
    noted = [line for line in kept["audit"] if line["action"] == "identity_list.print"]
    assert noted and "张慧敏" not in str(noted) and "张慧敏" not in str(kept["paper"])
    identity_lists.print_identity_list(pi, study.folder, EN, signing)
    assert {(each.number, each.print_number) for each in papers.papers(pi)} == {(1, 1), (1, 2)}
    desk = study.sit("chen.lan", roles.COORDINATOR)
    right = replace(someone(), phone="13800000000")
    registration_corrections.correct_registration(desk, RegistrationCorrection(1, 1, right, "slip"))
    assert {each.state for each in papers.papers(desk)} == {"superseded"}


def test_an_empty_list_is_refused(study: Study) -> None:
    pi = study.sit("wu.min", roles.PI)
    with pytest.raises(RuleBroken, match="identity_list.empty"):
        signing = identity_lists.signing_for("en", PASSWORD)
        identity_lists.print_identity_list(pi, study.folder, EN, signing)


def test_the_sheets_tell_screenings_versions_approvals_and_who_did_not_sign(screened: Desk) -> None:
    ethics.record_approval(
        screened, NewApproval("consent", "PHB-9", "IRB", date(2026, 10, 1), "Letter", date(2027, 9, 30))
    )
    asked = {"reconsent": "Y", "reconsent_by": date(2026, 12, 1)}
    new = NewVersion("v3.0", date(2026, 9, 1), date(2026, 10, 1), "PHB-9", **asked)  # type: ignore[arg-type]
    consent_versions.record_version(screened, new)
    again = NewConsent(4, "v2.1", screened.today(), "07:40", "Zhao Jing", "Y")
    consent_records.record_consent(screened, again)
    reconsent_records.record_not_signed(screened, 4, "v3.0", NotSigned(screened.today(), "refused"))
    with snapshot(screened) as copy:
        tables = {table.name: table for table in study_tables(copy, PRESETS["sponsor"])}

    def rows(name: str) -> list[dict[str, object]]:
        names = [column.name for column in tables[name].columns]
        return [dict(zip(names, row, strict=True)) for row in tables[name].rows]

    found = {str(row["SUBJID"]): row for row in rows("SCREENING")}
    assert set(found) == {"SLE-001", "SLE-002", "SLE-004"}, "what is in error stays out"
    assert found["SLE-001"]["OUTCOME"] == "failed" and found["SLE-001"]["RESCREENED_AS"] == "S-004"
    assert found["SLE-004"]["RESCREEN_OF"] == "S-001" and found["SLE-002"]["OUTCOME"] == "withdrew"
    assert [row["APPROVAL_NUMBER"] for row in rows("ETHICS")] == ["PHB-9"]
    assert [(row["CODE"], row["RECONSENT"]) for row in rows("CONSENT_VERSIONS")] == [
        ("v2.1", None),
        ("v3.0", "Y"),
    ]
    assert [(row["SUBJID"], row["REASON"]) for row in rows("NOT_RECONSENTED")] == [("SLE-004", "refused")]
