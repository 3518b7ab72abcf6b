"""The certificate of the sealed list: printed by statistician and PI, tells no arm, is made again alike."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pypdf
import pytest
from study_fixtures import Study, clock, made_study, study
from trial_fixtures import ARMS, made_ready, made_trial, open_as, ready, trial

from sle_desk.base.errors import NotAllowed, RuleBroken
from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.exports.pdf.list_certificate import digest_lines
from sle_desk.exports.printing import print_again, print_list_certificate
from sle_desk.models.allocation import AllocationSlot
from sle_desk.services import allocation, papers

__all__ = ["clock", "made_ready", "made_study", "made_trial", "ready", "study", "trial"]
EN = Language("en")


def words(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages).split())


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize(("login", "role"), [("sun.tong", roles.STATISTICIAN), ("wu.min", roles.PI)])
def test_it_tells_the_digest_and_the_size_and_no_arm(
    trial: Study, login: str, role: str, language: str, tmp_path: Path
) -> None:
    desk = trial.sit(login, role)
    done = print_list_certificate(desk, Language(language), tmp_path / "certificate.pdf")
    assert (tmp_path / "certificate.pdf").read_bytes() == done.content
    text = words(done.content)
    shown = allocation.commitment(desk)
    assert shown is not None
    assert " ".join(digest_lines(shown.digest)) in text
    for said in ("R1", "30", "Sun Tong", f"{shown.imported_at:%Y-%m-%d %H:%M}"):
        assert said in text
    # What the list is about is named nowhere, and neither is a block.
    assert not [arm for arm in (*ARMS, "BEL + IL-2") if arm in text.replace(desk.protocol.short_title.en, "")]
    (row,) = papers.papers(desk)
    assert (row.kind, row.state, row.subject_id) == ("list_certificate", "for_signature", None)


def test_it_says_whether_rows_were_opened_before_and_is_made_again_as_it_was(ready: Study) -> None:
    desk = ready.sit("wu.min", roles.PI)
    before = print_list_certificate(desk, EN)
    assert "No row of the list was opened before this print." in words(before.content)
    open_as(ready, "wu.min", roles.PI, 1)
    desk = ready.sit("wu.min", roles.PI)
    after = print_list_certificate(desk, EN)
    assert "Rows of the list opened before this print: 1." in words(after.content)
    for done in (before, after):
        row = next(row for row in papers.papers(desk) if row.id == done.paper_id)
        assert row.state == "for_signature"
        assert print_again(desk, row).same


def test_the_ward_and_the_monitor_do_not_print_it(trial: Study) -> None:
    for login, role in (("chen.lan", roles.COORDINATOR), ("zhao.jing", roles.INVESTIGATOR)):
        with pytest.raises(NotAllowed):
            print_list_certificate(trial.sit(login, role), EN)


def test_there_is_none_without_a_list_or_of_one_that_was_changed(study: Study, trial: Study) -> None:
    with pytest.raises(RuleBroken, match="list.none"):
        print_list_certificate(study.sit("wu.min", roles.PI), EN)
    desk = trial.sit("wu.min", roles.PI)
    with desk.change("session.close") as change:
        rows = change.session.query(AllocationSlot).order_by(AllocationSlot.number).limit(2).all()
        rows[0].commitment, rows[1].commitment = rows[1].commitment, rows[0].commitment
    with pytest.raises(RuleBroken, match="list.changed"):
        print_list_certificate(desk, EN)
