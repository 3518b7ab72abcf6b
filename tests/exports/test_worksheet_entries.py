"""The worksheet asks what the screen asks, in its order, and prints what goes on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO

import pypdf
import pytest
from logged import BEL, BOTH, enter, event, given, medicine, put_right
from study_fixtures import Study, clock, made_study
from trial_fixtures import arms, made_arms, made_trial

from sle_desk.base.language import Language, Words
from sle_desk.domain import roles
from sle_desk.domain.forms import LOG_WORDS, Form
from sle_desk.domain.typing_order import entry_forms, has_own_sheet, visit_forms
from sle_desk.exports.pdf.worksheet_content import Entries, Worksheet
from sle_desk.exports.printing import print_worksheet
from sle_desk.exports.wording import both_words
from sle_desk.exports.worksheets import visit_worksheet
from sle_desk.services import asked_forms, subjects
from sle_desk.services.desk import Desk
from sle_desk.services.snapshots import snapshot

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial"]
VISIT = "W4"


@pytest.fixture
def desk(arms: Study) -> Desk:
    return arms.sit("zhao.jing", roles.INVESTIGATOR)


def pages(desk: Desk, language: str, subject: int = BOTH) -> list[str]:
    content = print_worksheet(desk, subject, VISIT, Language(language)).content
    return ["".join(page.extract_text().split()) for page in pypdf.PdfReader(BytesIO(content)).pages]


def bare(words: Words | str) -> str:
    return "".join((both_words(words) if isinstance(words, Words) else words).split())


def in_order(text: str, wanted: list[str]) -> None:
    """Find each text behind the one before."""
    at = 0
    for each in wanted:
        found = text.find(each, at)
        assert found >= 0, f"{each} is not where it should be"
        at = found + len(each)


def sheet(desk: Desk, subject: int = BOTH) -> Worksheet:
    with snapshot(desk) as copy:
        return visit_worksheet(copy, subject, VISIT)


def entries(worksheet: Worksheet) -> Iterator[Entries]:
    return (part for part in worksheet.parts if isinstance(part, Entries))


def asked(desk: Desk, code: str, subject: int = BOTH) -> Form:
    return asked_forms.form_of(desk, subject, code)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_its_lines_are_all_that_the_screen_may_ask_in_the_order_of_the_screen(
    desk: Desk, language: str
) -> None:
    text = "".join(pages(desk, language))
    at = text.index("安全性Safety")
    for form in entry_forms(desk.protocol):
        # Each form's part: its fields stand between the word for its first new line and the next title.
        at = text.index("新增new1", at)
        in_order(text[at:], [bare(field.label) for field in asked(desk, form.code).fields()])
        at += len("新增new1")
    parts = [(part.title, part.log) for part in entries(sheet(desk))]
    assert parts == [(form.label, LOG_WORDS[form.log]) for form in entry_forms(desk.protocol)]
    for part, form in zip(entries(sheet(desk)), entry_forms(desk.protocol), strict=True):
        assert [one.label for one in part.asks] == [field.label for field in asked(desk, form.code).fields()]


def test_what_is_asked_after_an_answer_stands_there_with_that_answer(desk: Desk) -> None:
    events, medicines, *_ = entries(sheet(desk))
    told = {one.label.en: one for one in (*events.asks, *medicines.asks)}
    first = told["Death"].heading
    assert first is not None and (first.en, first.zh) == (
        "Seriousness, all that apply, where Serious is Yes",
        "严重性标准（逐项判断），是否严重为是时",
    )
    assert told["Life-threatening at the time"].heading is None
    end, treatment = told["End"].reminder, told["With what, what was done"].reminder
    assert treatment is not None and treatment.en == "where Treated is Yes"
    assert end is not None and end.en == "where Goes on is No"
    assert told["Belimumab"].heading == Words("Relation to each drug", "与各药物的关系")
    assert told["Serious"].reminder is None and told["Outcome"].heading is None


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_forms_of_the_visit_stand_in_the_order_of_the_screen_and_the_head_says_so(
    desk: Desk, language: str
) -> None:
    text = "".join(pages(desk, language))
    wanted = [
        bare((form.label if has_own_sheet(form) else next(form.fields()).label).zh)
        for form in visit_forms(desk.protocol, VISIT)
    ]
    in_order(text, wanted)
    questions = desk.protocol.form("visit_questions")
    for field in questions.fields():
        assert bare(field.label) in text and (field.hint is None or bare(field.hint.zh) in text)
    assert text.index("录入顺序与本表一致") < text.index(wanted[0])
    assert "thenSafety,Medication,Otherrecords" in text


def test_the_keys_of_long_choices_are_explained_once(desk: Desk) -> None:
    (events, *_) = entries(sheet(desk))
    outcome = next(field for field in asked(desk, "adverse_event").fields() if field.code == "outcome")
    printed = next(one for one in events.asks if one.label == outcome.label)
    assert [words.en for words in printed.choices] == [choice.key for choice in outcome.choices]
    legend = " ".join(words.en for words in events.legend)
    assert all(f"{choice.key} {choice.label.en}" in legend for choice in outcome.choices)
    starts = [words.en.partition(":")[0] for words in events.legend]
    assert starts[0] == "Belimumab, IL-2, Relation to background medication", "the same answers share a line"


def test_what_goes_on_is_printed_and_what_ended_or_is_of_somebody_else_is_not(desk: Desk) -> None:
    event(desk)
    event(desk, term="Cough", outcome="recovering")
    ended = event(desk, term="Fever")
    put_right(desk, ended, "outcome", "recovered")
    event(desk, BEL, term="Rash")
    medicine(desk, "Prednisone", "7.5", "2026-01-UK")
    medicine(desk, "Ibuprofen", "400", "2026-01-UK", stop="2026-02-01")
    printed = [one.what.en for part in entries(sheet(desk)) for one in part.going_on]
    assert printed == ["Headache", "Cough", "Prednisone"]
    text = "".join(pages(desk, "en"))
    assert text.count("无变化unchanged") == 3 == text.count("已结束，日期endedon")
    in_order(text, ["Headache", "Start2026-11-20", "unchanged", "endedon", "changed", "Cough"])


def test_an_entry_of_which_little_is_known_has_its_line_too(desk: Desk) -> None:
    enter(desk, "medication", given({}, route="oral"))
    (line,) = [one for part in entries(sheet(desk)) for one in part.going_on]
    assert (line.what.en, line.known) == ("Concomitant medication", ())


def test_no_drug_that_the_arm_has_not_is_asked_about(desk: Desk) -> None:
    (events, *_) = entries(sheet(desk, BEL))
    labels = [one.label.en for one in events.asks]
    assert "Belimumab" in labels and "IL-2" not in labels


def test_a_long_list_goes_to_the_next_page_by_whole_rows(desk: Desk) -> None:
    for number in range(40):
        medicine(desk, f"Medicine{number:02}", "5", "2026-01-UK")
    found = pages(desk, "en")
    assert len(found) >= 4
    for page in found:
        assert len(re.findall(r"Medicine\d\d", page)) == page.count("有变化changed")


def test_no_name_stands_on_it_whoever_typed_one(desk: Desk) -> None:
    who = subjects.identity_of(desk, BOTH)
    event(desk, term=f"Cough, told by {who.name}")
    text = "".join(pages(desk, "en"))
    assert "Cough,toldby" in text and who.name not in text
