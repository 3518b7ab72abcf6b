"""The history of one value, opened in its field by keys, says it in the words of the Audit page."""

from __future__ import annotations

from decimal import Decimal

import pytest
from at_the_desk import Person, people
from PySide6.QtWidgets import QApplication
from study_fixtures import Study, clock, made_study, study
from trial_fixtures import arms, made_arms, made_trial, trial

from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.services import form_records, visits
from sle_desk.services.answers import Given
from sle_desk.services.form_records import Correction, NewForm
from sle_desk.ui.dialogs.history import HistoryDialog

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "people", "study", "trial"]
BOTH = 1


@pytest.fixture
def visit(arms: Study) -> int:
    """An unscheduled visit; why it was held, and the weight, were typed, and typed anew."""
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    made = visits.record_visit(desk, BOTH, "UNS", desk.today()).id
    typed = {
        "visit_reason": ("reason", Value(choice="flare"), Value(choice="laboratory")),
        "vitals": (
            "weight",
            Value(number=Decimal("61.2"), typed="61.2"),
            Value(number=Decimal("61.4"), typed="61.4"),
        ),
    }
    for form, (field, first, right) in typed.items():
        row = form_records.save_form(desk, NewForm(BOTH, made, form, desk.today(), Given({field: first})))
        form_records.correct_value(desk, Correction(row.id, field, right, "slip", row.answer_versions[field]))
    return made


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_a_choice_stands_in_words_and_a_measure_with_its_unit(
    arms: Study, people: list[Person], visit: int, language: str
) -> None:
    person = Person(arms, "zhao.jing", language)
    people.append(person)
    reason = person.desk.protocol.form("visit_reason").field("reason")
    words = {choice.code: person.language.words(choice.label) for choice in reason.choices}
    assert history_of(person, visit, "visit_reason", "reason") == [words["flare"], words["laboratory"]]
    assert history_of(person, visit, "vitals", "weight") == ["61.2 kg", "61.4 kg"]


def history_of(person: Person, visit: int, form: str, field: str) -> list[str]:
    """Return the values that the history of a field shows, oldest first."""
    person.to_subject("SLE-001")
    person.until_table()
    person.to_form(visit, form)
    person.until_form()
    person.page.host.view.go_to(field)
    person.press("F11")
    person.wait(lambda: isinstance(QApplication.activeModalWidget(), HistoryDialog))
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, HistoryDialog)
    model = dialog.table.model()
    found = [str(model.index(row, 0).data()) for row in range(model.rowCount())]
    person.press("Esc", "Esc")
    return found
