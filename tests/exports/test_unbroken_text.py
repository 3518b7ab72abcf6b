"""Every kind of paper, with texts that no blank breaks: it is printed whole and within its margins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from typing import Any

import pypdfium2
import pytest
from amendment_packages import ADDED_FIELD, SENTENCE, imported, packed
from dose_fixtures import dispense, inject, weigh
from paper_samples import stamp
from stock_fixtures import enter, made_supplied, supplied
from study_fixtures import Study, clock, made_study
from trial_fixtures import made_arms, made_trial

from sle_desk.base.fonts import font_files
from sle_desk.base.language import Language, Words
from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.exports.paper_kinds import PAPERS, REVEAL, About
from sle_desk.exports.pdf.list_reveal import ListReveal, RowLine
from sle_desk.exports.visit_summaries import study_name
from sle_desk.services import form_records
from sle_desk.services.answers import Given
from sle_desk.services.desk import Desk
from sle_desk.services.form_records import NewForm
from sle_desk.services.lock_forms import LOCK_FORMS
from sle_desk.services.printables import SUMMARY, printables
from sle_desk.services.snapshots import Snapshot, snapshot

__all__ = ["clock", "made_arms", "made_study", "made_supplied", "made_trial", "supplied"]
RUNS = ("W" * 500, "°C≥8→" * 60)
LABEL = 40
# What a paper is drawn by, not what it says.
KEPT = frozenset(
    {"outcome", "kind", "study", "points", "curve", "series", "drawing", "shape", "state", "code"}
)


def swollen(content: Any, run: str, label: str) -> Any:
    """Return a content with the run behind every text that a person or the package wrote."""
    if isinstance(content, Words):
        return Words(content.en + label, content.zh + label)
    if isinstance(content, str):
        return content and content + run
    if isinstance(content, tuple):
        return tuple(swollen(each, run, label) for each in content)
    if is_dataclass(content) and not isinstance(content, type):
        found = {each.name: getattr(content, each.name) for each in fields(content)}
        texts = {name: swollen(value, run, label) for name, value in found.items() if name not in KEPT}
        return replace(content, **texts)
    return content


@pytest.fixture
def desk(supplied: Study, tmp_path: Any) -> Desk:
    """A study in which there is something of every kind to print."""
    imported(supplied, packed(tmp_path / "a.zip", SENTENCE, ADDED_FIELD))
    desk = supplied.sit("zhao.jing", roles.INVESTIGATOR)
    texts = {"term": "Pneumonia", "start": "2026-11-22", "aware_time": "06:30"}
    choices = {
        "grade": "3", "serious": "Y", "hospitalisation": "Y", "related_belimumab": "possible",
        "related_il2": "unlikely", "outcome": "not_recovered", "action_belimumab": "interrupted",
        "action_il2": "interrupted", "related_background": "unrelated", "treated": "N",
        "special_interest": "infection", "expected": "ink",
        **dict.fromkeys(("death", "life_threatening", "disability", "congenital", "important"), "N"),
    }  # fmt: skip
    days = dict.fromkeys(("serious_since", "aware_day"), desk.today())
    event = _save(desk, "adverse_event", texts, choices, days)
    _save(desk, "sae_report", {"narrative": "Fever."}, {"kind": "first"}, {}, event)
    desk = supplied.sit("chen.lan", roles.COORDINATOR)
    enter(desk)
    dispense(desk, 1)
    inject(desk, 1, reason="ward")
    weigh(desk, 1, "W4")
    supplied.clock.advance(timedelta(minutes=5))
    return supplied.sit("wu.min", roles.PI)


def _save(desk: Desk, form: str, texts: Any, choices: Any, days: Any, about: int | None = None) -> int:
    values = {code: Value(text=text) for code, text in texts.items()}
    values |= {code: Value(choice=choice) for code, choice in choices.items()}
    values |= {code: Value(day=day) for code, day in days.items()}
    new = NewForm(1, None, form, desk.today(), Given(values), parent_id=about)
    return form_records.save_form(desk, new).id


def contents(desk: Desk, copy: Snapshot, language: Language) -> Iterator[tuple[str, Any]]:
    """Yield the content of one paper of each kind."""
    offered = {row.kind: row for row in reversed(printables(desk))}
    for kind, paper in PAPERS.items():
        if kind == REVEAL:
            yield kind, _revealed(copy)
            continue
        if kind in LOCK_FORMS and kind not in offered:
            # Nothing is locked: the form by which it would be is drawn in the same way.
            continue
        row = offered.get(kind)
        about = About() if row is None else About(row.subject_id, row.visit_id, row.visit)
        yield kind, paper.read(desk, copy, about, language).content


def _revealed(copy: Snapshot) -> ListReveal:
    """Return a list of one row: none is revealed before the database is locked."""
    said, arm = "text", Words("Arm", "组别")
    row = RowLine(1, arm, arm, True, said, said, said, (said,), said, said)
    facts = ((arm, said),)
    return ListReveal(
        study_name(copy.protocol), said, said, facts, True, (arm,), (row,), said, said, said, said
    )


@pytest.mark.parametrize(
    "run", [pytest.param(RUNS[0], id="letters", marks=pytest.mark.slow), pytest.param(RUNS[1], id="signs")]
)
def test_a_text_without_a_blank_keeps_no_paper_from_being_printed_whole(desk: Desk, run: str) -> None:
    language = Language("en")
    with snapshot(desk) as copy:
        found = dict(contents(desk, copy, language))
    assert set(PAPERS) - set(found) <= set(LOCK_FORMS) and found.keys() & set(LOCK_FORMS)
    for kind, content in found.items():
        # The scores of a summary stand beside their curve, on one page: their labels are the package's own.
        label = "" if kind == SUMMARY else run[:LABEL]
        drawn = PAPERS[kind].draw(swollen(content, run, label), language, stamp(), font_files())
        seen = 0
        for page in pypdfium2.PdfDocument(drawn):
            text = page.get_textpage()
            seen += text.get_text_range().count(run[-1])
            for number in range(0, text.count_chars(), 7):
                left, _, right, _ = text.get_charbox(number)
                assert right == 0 or (left > 48 and right < 595.3 - 48), (
                    kind,
                    text.get_text_range(number, 20),
                )
        assert seen >= LABEL, kind
