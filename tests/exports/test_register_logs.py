"""The register on paper: every code, the registry's words with their hash, and every decision ever signed."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pypdf
import pytest
from study_fixtures import PASSWORD, Study, made_study
from trial_fixtures import arms as three_arms
from trial_fixtures import decide, made_arms, made_trial

from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.domain.sealing import canonical, sha256
from sle_desk.exports import printing
from sle_desk.services import clarifications, decisions, papers, printables
from sle_desk.services.desk import Desk
from sle_desk.services.printables import REGISTER

__all__ = ["made_arms", "made_study", "made_trial", "three_arms"]


def text_of(content: bytes) -> str:
    return "".join("".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages).split())


def plain(words: str) -> str:
    return "".join(words.split())


def lines_through(content: bytes) -> int:
    """Return how many lines of 0.6 pt are drawn: those that strike words through."""
    pages = pypdf.PdfReader(BytesIO(content)).pages
    return sum(page.get_contents().get_data().count(b"\n.6 w") for page in pages)  # type: ignore[union-attr]


def changed(study: Study) -> Desk:
    """Supersede a decision, withdraw one, leave its code open, and enter words of the approved protocol."""
    study.clock.advance(timedelta(days=1))
    desk = study.sit("wu.min", roles.PI)
    decide(study, desk, "D10", "calendar_month")
    standing = clarifications.register_row(desk, "D02").in_force
    assert standing is not None
    signing = decisions.signing_for(decisions.WITHDRAW, "en", PASSWORD)
    decisions.withdraw_decision(desk, study.folder, standing.id, "The words were found.", signing)
    decisions.record_approved_words(desk, "D02", "中性粒细胞 <1.0", "v2.0", "5.2(1)")
    return desk


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_log_shows_every_entry_with_its_texts_hash_and_all_decisions(
    three_arms: Study, language: str
) -> None:
    desk = changed(three_arms)
    said = Language(language)
    content = printing.print_register_log(desk, said).content
    text = text_of(content)
    protocol = desk.protocol
    for entry in protocol.clarifications:
        assert plain(f"{entry.code}{said.words(entry.title)}") in text, entry.code
        for quote in entry.quotes:
            assert plain(f"“{quote}”") in text, entry.code
        if entry.quotes:
            assert sha256(canonical(list(entry.quotes))) in text, entry.code
    for setting in protocol.settings:
        if not setting.clarification:
            assert plain(said.words(setting.label)) in text, setting.code
    assert (
        protocol.registry.sha256 in text
        and plain("中性粒细胞 <1.0") in text
        and plain("v2.0, 5.2(1)") in text
    )
    waiting = "Waiting for it: the eligibility decision (E1b)" if language == "en" else "入排判定"
    assert plain(waiting) in text
    # Struck through and readable: the words of the decision before, and of the one that was withdrawn.
    for code, option in (("D10", "every_28_days"), ("D10", "calendar_month"), ("D02", "restored")):
        assert plain(said.words(protocol.clarification(code).option(option).label)) in text
    assert plain("The words were found.") in text and lines_through(content) > 6
    assert "WuMin" in text and "Memoof2026-11-20" in text
    (paper,) = papers.papers(desk)
    assert (paper.kind, paper.subject_id, paper.state) == (REGISTER, None, "for_signature")
    assert paper.audit_code in text and str(paper.audit_number) in text
    head = next(page for page in pypdf.PdfReader(BytesIO(content)).pages)
    assert paper.audit_code in plain(head.extract_text())


def test_nothing_is_struck_where_every_decision_holds(three_arms: Study) -> None:
    desk = three_arms.sit("chen.lan", roles.COORDINATOR)
    assert lines_through(printing.print_register_log(desk, Language("en")).content) == 0


def test_the_log_is_offered_to_who_prints_drawn_again_and_superseded_by_the_next_decision(
    three_arms: Study,
) -> None:
    desk = three_arms.sit("he.jian", roles.MONITOR)
    offered = printables.printables(desk)[0]
    assert (offered.kind, offered.subject_id) == (REGISTER, None)
    printed = printing.print_one(desk, offered, Language("en"))
    (paper,) = papers.papers(desk)
    assert printing.can_print_again(paper) and printing.print_again(desk, paper).same
    assert printing.print_again(desk, paper).content == printed.content
    three_arms.clock.advance(timedelta(minutes=5))
    desk = three_arms.sit("wu.min", roles.PI)
    decide(three_arms, desk, "D28", "verbatim")
    (paper,) = papers.papers(desk)
    assert paper.state == "superseded"
