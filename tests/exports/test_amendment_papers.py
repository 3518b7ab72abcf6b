"""An amendment on paper: each difference by key in both languages, hashes, dates, and room to sign."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pypdf
import pytest
from amendment_packages import (
    ADDED_FIELD,
    ADDED_VISITS,
    BASE,
    MOVED,
    NEXT,
    READING,
    SENTENCE,
    approve,
    imported,
    packed,
)
from dose_fixtures import dispense, inject
from study_fixtures import PASSWORD, Study, clock, made_study
from trial_fixtures import arms, made_arms, made_trial

from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.exports import printing
from sle_desk.exports.amendment_words import NEVER, effect_rows
from sle_desk.services import amendments, papers, printables
from sle_desk.services.amendment_withdrawal import withdraw
from sle_desk.services.desk import Desk
from sle_desk.services.paper_watch import REGISTER, WARD
from sle_desk.services.papers import PaperRow
from sle_desk.services.printables import AMENDED, Printable

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial"]

ON_IL2 = 3


def text_of(content: bytes) -> str:
    return "".join("".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages).split())


def plain(words: str) -> str:
    return "".join(words.split())


def offered(desk: Desk) -> Printable:
    (row,) = [each for each in printables.printables(desk) if each.kind == AMENDED]
    return row


def last(desk: Desk) -> PaperRow:
    return papers.papers(desk)[0]


def test_a_visit_that_comes_is_named_with_its_day(arms: Study, tmp_path: Path) -> None:
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    dispense(desk, ON_IL2)
    inject(desk, ON_IL2)
    row = imported(arms, packed(tmp_path / "a.zip", ADDED_VISITS))
    desk = arms.sit("wu.min", roles.PI)
    found = amendments.effects(desk, row.id, amendments.earliest_day(desk))
    rows = effect_rows(amendments.proposed_protocol(desk, row.id), found, Language("en"))
    assert {each.what for each in rows if each.was == NEVER} == {"Week 10", "Week 14"}
    rows = effect_rows(amendments.proposed_protocol(desk, row.id), found, Language("zh_CN"))
    assert {each.what for each in rows if each.was == NEVER} == {"第10周", "第14周"}


@pytest.mark.parametrize("code", ["en", "zh_CN"])
def test_every_difference_stands_there_with_its_words_and_room_for_the_pi_to_sign(
    arms: Study, tmp_path: Path, code: str
) -> None:
    row = imported(arms, packed(tmp_path / "a.zip", SENTENCE, ADDED_FIELD, MOVED, READING))
    desk = arms.sit("wu.min", roles.PI)
    language = Language(code)
    found = amendments.difference_of(desk, row.id)
    text = text_of(printing.print_one(desk, offered(desk), language).content)
    for each in found:
        assert plain(each.key or each.name) in text, each.name
        for words in (each.before, each.after):
            assert words is None or (plain(words.en) in text and plain(words.zh) in text), each.name
    # What looks like markup is text.
    assert plain("Waist <b>&</b>") in text and row.package_sha256 in text and row.file_sha256 in text
    base = amendments.amendments(desk)[0].base_version
    assert base == BASE and plain(language.text("SHA-256 of that package")) in text
    # Whose dates would move, from the first day on which it could be in force.
    first = amendments.earliest_day(desk).isoformat()
    said = language.text("Dates that version {version} would move from {day} on", version=NEXT, day=first)
    assert plain(said) in text and "SLE-001" in text and plain(language.text("moves")) in text
    assert plain(language.text("Principal investigator")) in text
    assert plain(language.text("Signature")) in text
    assert (last(desk).kind, last(desk).state) == (f"{AMENDED}.{row.id}v{NEXT}", "for_signature")


def test_what_was_signed_on_paper_is_made_again_as_it_was_once_the_approval_is_typed(
    arms: Study, tmp_path: Path
) -> None:
    row = imported(arms, packed(tmp_path / "a.zip", SENTENCE))
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    done = printing.print_one(desk, offered(desk), Language("en"))
    paper = last(desk)
    arms.clock.advance(timedelta(minutes=5))
    desk = approve(arms, row)
    again = printing.print_again(desk, paper)
    assert again.same and again.content == done.content
    (kept,) = papers.papers(desk)
    assert kept.state == "for_signature"
    shown = text_of(printing.print_one(desk, offered(desk), Language("en")).content)
    assert plain("Protocol 2.0 of 2026-11-10") in shown and plain("Decided by Wu Min") in shown
    assert last(desk).state == "signed"


def test_a_withdrawn_amendment_says_so_on_paper_with_what_was_signed(arms: Study, tmp_path: Path) -> None:
    row = imported(arms, packed(tmp_path / "a.zip", MOVED))
    desk = approve(arms, row, arms.clock.now().date() + timedelta(days=9))
    seen = amendments.amendments(desk)[0]
    approved = text_of(printing.print_one(desk, offered(desk), Language("en")).content)
    signing = amendments.signing_for(amendments.WITHDRAW, "en", PASSWORD)
    withdraw(desk, arms.folder, seen.id, seen.version, "Mistyped.", signing)
    withdrawn = text_of(printing.print_one(desk, offered(desk), Language("en")).content)
    moved = plain(f"Dates that version {NEXT} would move")
    assert moved in approved and moved not in withdrawn
    for words in ("Protocol 2.0 of 2026-11-10", "Withdrawn by Wu Min", "Why withdrawn Mistyped."):
        assert plain(words) in withdrawn


def test_no_name_stands_on_it_and_who_prints_nothing_does_not_print_it(arms: Study, tmp_path: Path) -> None:
    row = imported(arms, packed(tmp_path / "a.zip", SENTENCE))
    desk = arms.sit("wu.min", roles.PI)
    amendments.reject(desk, row.id, row.version, "Asked by 13812345678")
    text = text_of(printing.print_one(desk, offered(desk), Language("en")).content)
    assert "13812345678" not in text and plain("Asked by […]") in text


def test_what_was_printed_before_a_rule_began_is_superseded_from_its_day_on(
    arms: Study, tmp_path: Path
) -> None:
    row = imported(arms, packed(tmp_path / "a.zip", MOVED))
    approve(arms, row, arms.clock.now().date() + timedelta(days=9))
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    dispense(desk, ON_IL2)
    inject(desk, ON_IL2)
    for each in printables.printables(desk):
        if each.kind == REGISTER or (each.kind in WARD and each.subject_id == ON_IL2):
            printing.print_one(desk, each, Language("en"))
    printed = {each.kind.partition(".")[0] for each in papers.papers(desk)}
    assert {REGISTER, "date_card", "slip"} <= printed
    arms.clock.advance(timedelta(days=8))
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    assert "superseded" not in {each.state for each in papers.papers(desk)}
    arms.clock.advance(timedelta(days=1))
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    assert {each.state for each in papers.papers(desk)} == {"superseded"}


@pytest.mark.parametrize("ended", ["rejected", "withdrawn"])
def test_nobody_waits_for_a_signature_on_an_amendment_that_came_to_nothing(
    arms: Study, tmp_path: Path, ended: str
) -> None:
    row = imported(arms, packed(tmp_path / "a.zip", MOVED))
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    printing.print_one(desk, offered(desk), Language("en"))
    arms.clock.advance(timedelta(minutes=5))
    if ended == "rejected":
        desk = arms.sit("wu.min", roles.PI)
        amendments.reject(desk, row.id, row.version, "Not what was approved.")
    else:
        desk = approve(arms, row, arms.clock.now().date() + timedelta(days=9))
        seen = amendments.amendments(desk)[0]
        signing = amendments.signing_for(amendments.WITHDRAW, "en", PASSWORD)
        withdraw(desk, arms.folder, seen.id, seen.version, "Mistyped.", signing)
    (kept,) = papers.papers(desk)
    assert kept.state == "superseded"
    printing.print_one(desk, offered(desk), Language("en"))
    assert last(desk).state != "superseded"
