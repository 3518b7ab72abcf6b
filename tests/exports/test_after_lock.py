"""After the lock the sponsor's workbook holds the arms, and the revealed list is printed to be signed."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import openpyxl
import pypdf
import pytest
from allocated_outside import OTHER, mark, record, told
from dose_fixtures import dispense, inject
from locking import lock, reveal, unlock
from people_invented import someone
from study_fixtures import Study, clock, made_study, study
from trial_fixtures import ARMS, arms, made_arms, made_ready, made_trial, ready, trial

from sle_desk.base.errors import NotAllowed, RuleBroken
from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.exports.exporting import write_export
from sle_desk.exports.pdf.list_certificate import digest_lines
from sle_desk.exports.printing import print_again, print_list_reveal, print_lock_form
from sle_desk.exports.read_back import ReadTable, read_back
from sle_desk.services import lock_items, locks, papers, subjects
from sle_desk.services.desk import Desk
from sle_desk.services.revealed_list import revealed
from sle_desk.services.signatures import Ink

__all__ = ["arms", "clock", "made_arms", "made_ready", "made_study", "made_trial", "ready", "study", "trial"]
EN, ZH = Language("en"), Language("zh_CN")


@dataclass(frozen=True)
class Read:
    """A workbook that was read back: its sheets, and what it says of the lock."""

    sheets: dict[str, ReadTable]
    lock: str

    @property
    def arms(self) -> list[object]:
        """Return the arms of the subjects; none where no column tells them."""
        table = self.sheets["SUBJECTS"]
        names = [column.name for column in table.columns]
        return [row[names.index("ARM")] for row in table.rows] if "ARM" in names else []


def written(desk: Desk, path: Path, preset: str) -> Read:
    path = write_export(desk, path, preset, EN).path
    sheet = openpyxl.load_workbook(path)["Read me"]
    facts = {row[0]: row[1] for row in sheet.iter_rows(values_only=True)}
    return Read({table.name: table for table in read_back(path)}, facts["Database lock"])


def test_the_sponsors_workbook_holds_the_arms_while_the_database_is_locked_and_not_before(
    arms: Study, tmp_path: Path
) -> None:
    coordinator = arms.sit("chen.lan", roles.COORDINATOR)
    dispense(coordinator, 1)
    inject(coordinator, 1)
    desk = arms.sit("he.jian", roles.MONITOR)
    before = written(desk, tmp_path, "sponsor")
    assert (before.arms, "DOSES" in before.sheets, before.lock) == ([], False, "not locked")
    state = lock(arms)
    desk = arms.sit("he.jian", roles.MONITOR)
    after = written(desk, tmp_path, "sponsor")
    assert (after.arms, len(after.sheets["DOSES"].rows)) == (list(ARMS), 1)
    assert after.lock == f"locked since {state.locked_at:%Y-%m-%d %H:%M} by Wu Min"
    site = written(arms.sit("wu.min", roles.PI), tmp_path, "site")
    assert site.lock == after.lock
    ended = unlock(arms)
    again = written(arms.sit("he.jian", roles.MONITOR), tmp_path, "sponsor")
    assert (again.arms, "DOSES" in again.sheets) == ([], False)
    assert again.lock == (
        f"unlocked on {ended.unlocked_at:%Y-%m-%d %H:%M} by Wu Min; it had been locked on "
        f"{state.locked_at:%Y-%m-%d %H:%M} by Wu Min"
    )


def words(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages).split())


@pytest.mark.parametrize("language", [EN, ZH])
def test_the_paper_of_the_revealed_list_tells_every_row_and_is_made_again_alike(
    ready: Study, language: Language, tmp_path: Path
) -> None:
    record(ready, told(ready.sit("chen.lan", roles.COORDINATOR), OTHER))
    mark(ready)
    lock(ready)
    reveal(ready)
    desk = ready.sit("sun.tong", roles.STATISTICIAN)
    done = print_list_reveal(desk, language, tmp_path / "list.pdf")
    found = revealed(desk)
    assert found is not None
    text = words((tmp_path / "list.pdf").read_bytes())
    for row in found.rows:
        assert f"{row.number} {row.arm}" in text
        assert " ".join(digest_lines(row.salt)) in text
        assert " ".join(digest_lines(row.commitment)) in text
    for said in (found.digest, found.source_hash):
        assert " ".join(digest_lines(said)) in text
    signers = ("Statistician", "Principal investigator") if language == EN else ("统计师", "主要研究者")
    for said in ("SLE-001", "R-001", "She was not eligible.", done.numbered.audit_code, *signers):
        assert said in text
    assert f"{OTHER} (" in text or f"{OTHER}（" in text
    if language == EN:
        assert "All 30 rows agree with what was sealed" in text
        assert "Rows allocated with another arm than they hold: 1." in text
    (row,) = [row for row in papers.papers(desk) if row.kind == "list_reveal"]
    assert row.state == "for_signature"
    assert print_again(desk, row).same


def test_no_paper_of_the_list_before_the_reveal_nor_for_the_ward_nor_once_unlocked(trial: Study) -> None:
    pi = trial.sit("wu.min", roles.PI)
    for act in (lambda: None, lambda: lock(trial, pi)):
        act()
        with pytest.raises(RuleBroken, match="reveal.not_shown"):
            print_list_reveal(pi, EN)
    reveal(trial, pi)
    print_list_reveal(pi, EN)
    (row,) = papers.papers(pi)
    with pytest.raises(NotAllowed, match="role.may_not"):
        print_list_reveal(trial.sit("chen.lan", roles.COORDINATOR), EN)
    with pytest.raises(NotAllowed, match="role.sees_no_values"):
        print_again(trial.sit("xu.feng", roles.ADMINISTRATOR), row)
    unlock(trial)
    with pytest.raises(RuleBroken, match="reveal.not_shown"):
        print_again(trial.sit("wu.min", roles.PI), row)


@pytest.mark.parametrize("language", [EN, ZH])
def test_what_the_pi_signs_to_lock_unlock_and_reveal_is_printed_without_an_arm(
    ready: Study, language: Language, tmp_path: Path
) -> None:
    desk = ready.sit("chen.lan", roles.COORDINATOR)
    with pytest.raises(RuleBroken, match=r"lock\.none"):
        print_lock_form(desk, "unlock_form", language)
    print_lock_form(desk, "lock_form", language, tmp_path / "lock.pdf")
    # Printing it opens nothing: what it lists is what is locked, and it is typed from it.
    shown = lock_items.open_items(desk)
    text = words((tmp_path / "lock.pdf").read_bytes())
    for item in shown:
        assert f"{language.text(lock_items.ITEMS[item.code])} {item.count}" in text
    said = " ".join(language.text(locks.STATEMENTS[locks.LOCK]).split())
    assert said.replace(" ", "") in text.replace(" ", "")
    (row,) = papers.papers(desk)
    assert (row.kind, row.state) == ("lock_form", "for_signature")
    assert print_again(desk, row).same
    papers.record_ink(desk, row.id, Ink("Wu Min", desk.today(), "Binder 7"))
    lock(ready, desk, ink=Ink("Wu Min", desk.today(), "Binder 7"))
    # The lock that was typed from the paper does not make it out of date.
    assert papers.papers(desk)[0].state == "signed"
    with pytest.raises(RuleBroken, match=r"lock\.twice"):
        print_lock_form(desk, "lock_form", language)
    for kind in ("reveal_form", "unlock_form"):
        print_lock_form(desk, kind, language, tmp_path / f"{kind}.pdf")
        assert "Wu Min" in words((tmp_path / f"{kind}.pdf").read_bytes())
    reveal(ready, desk, Ink("Wu Min", desk.today(), "Binder 7"))
    with pytest.raises(RuleBroken, match=r"reveal\.twice"):
        print_lock_form(desk, "reveal_form", language)
    for each in tmp_path.glob("*.pdf"):
        assert not any(arm in words(each.read_bytes()) for arm in ARMS)
    unlock(ready, desk, ink=Ink("Wu Min", desk.today(), "Binder 7"))
    assert {row.kind: row.state for row in papers.papers(desk)} == {
        "unlock_form": "for_signature",
        "reveal_form": "for_signature",
        "lock_form": "signed",
    }


def test_what_is_entered_after_the_print_makes_the_paper_of_the_lock_out_of_date(trial: Study) -> None:
    desk = trial.sit("chen.lan", roles.COORDINATOR)
    print_lock_form(desk, "lock_form", EN)
    subjects.register_subject(desk, someone())
    assert [row.state for row in papers.papers(desk)] == ["superseded"]
