"""Signing, giving a reason and changing the password, over a page."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QLineEdit, QVBoxLayout, QWidget
from study_fixtures import PASSWORD, Study
from typist import Typist

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Language, Words
from sle_desk.domain import roles
from sle_desk.domain.checks import CORRECTION_REASONS, Value
from sle_desk.domain.forms import Field, Form, Section
from sle_desk.services import signatures
from sle_desk.services.signatures import Signing
from sle_desk.ui.dialogs.ask_form import open_form
from sle_desk.ui.dialogs.change_password import change_password
from sle_desk.ui.dialogs.reason import ask_reason
from sle_desk.ui.dialogs.sign import Asked, ask_to_sign
from sle_desk.ui.state import State

NEW_PASSWORD = "nine copper kettles"
ASKED = Asked("Sign the vitals of SLE-004", "Week 4", "reviewed", "I have reviewed these values.")


class Person(Typist):
    """The PI at a page with one line in it."""

    def __init__(self, study: Study, qtbot: QObject) -> None:
        super().__init__()
        self.state = State(study.clock, Language("en"))
        desk = study.sit("wu.min", roles.PI)
        self.state.sit(study.unlocked, desk)
        self.window, self.line = QWidget(), QLineEdit()
        qtbot.addWidget(self.window)
        QVBoxLayout(self.window).addWidget(self.line)
        self.window.resize(1280, 720)
        with qtbot.waitActive(self.window):
            self.window.show()
            self.window.activateWindow()
        self.signed: list[Signing] = []
        self.heard: list[object] = []

    def before(self, dialog: QDialog) -> None:
        """Wait until a dialog has the keys."""
        self.wait(dialog.isActiveWindow)

    def sign(self, signing: Signing) -> None:
        """Do what a service does with a signing."""
        signatures.confirm_password(self.state.desk, self.state.unlocked.folder, signing)
        self.signed.append(signing)


@pytest.fixture
def person(study: Study, qtbot: QObject) -> Person:
    return Person(study, qtbot)


def test_the_statement_is_shown_and_the_password_signs_it(person: Person) -> None:
    person.before(ask_to_sign(person.window, person.state, ASKED, person.sign))
    for shown in (ASKED.title, ASKED.about, ASKED.statement, "Wu Min, Principal investigator"):
        assert person.sees(shown)
    person.fill(PASSWORD)
    assert person.signed == [Signing("reviewed", ASKED.statement, "en", PASSWORD)]
    assert not person.sees(ASKED.statement)
    person.type("goes on")
    assert person.line.text() == "goes on"


def test_a_wrong_password_signs_nothing_and_can_be_typed_again(person: Person) -> None:
    person.before(ask_to_sign(person.window, person.state, ASKED, person.sign))
    person.fill("not hers at all")
    assert person.signed == [] and person.sees("The password is not right. Nothing was signed.")
    person.fill(PASSWORD)
    assert len(person.signed) == 1


def test_esc_signs_nothing(person: Person) -> None:
    person.before(ask_to_sign(person.window, person.state, ASKED, person.sign))
    person.type(PASSWORD)
    person.press("Esc")
    assert person.signed == [] and not person.sees(ASKED.statement)


def void(person: Person) -> None:
    """Ask why dose 36 is void."""
    dialog = ask_reason(
        person.window, person.state, "Void dose 36", "SLE-004", CORRECTION_REASONS,
        lambda code, note: person.heard.append((code, note)),
    )  # fmt: skip
    person.before(dialog)


def test_a_reason_is_a_digit_and_a_note(person: Person) -> None:
    void(person)
    person.press("Enter", "Enter")
    assert person.sees("Pick a reason") and person.heard == []
    person.press("1")
    person.fill("wrong row")
    assert person.heard == [("slip", "wrong row")] and not person.sees("Void dose 36")


def test_a_coded_reason_needs_no_note_but_other_does(person: Person) -> None:
    void(person)
    person.press("2", "Enter")
    assert person.heard == [("source", "")]
    void(person)
    person.press("6", "Enter")
    assert person.sees("“Other” needs a word of explanation.") and len(person.heard) == 1
    person.press("Esc")
    assert len(person.heard) == 1


def test_a_one_time_password_is_changed_or_the_person_leaves(person: Person, study: Study) -> None:
    def ask() -> None:
        heard = person.heard.append
        person.before(
            change_password(
                person.window, person.state, lambda: heard("changed"), lambda: heard("left"), must=True
            )
        )

    ask()
    person.press("Esc")
    assert person.heard == ["left"]
    ask()
    assert person.sees("You signed in with a password that somebody else knows.")
    person.fill("not hers at all", NEW_PASSWORD, NEW_PASSWORD)
    assert person.sees("The present password is not right. Nothing was changed.")
    person.fill(PASSWORD, PASSWORD, PASSWORD)
    assert person.heard == ["left"]
    person.press("Shift+Tab", "Shift+Tab")
    person.press("Esc")
    ask()
    person.fill(PASSWORD, NEW_PASSWORD, NEW_PASSWORD)
    assert person.heard == ["left", "left", "changed"]
    assert person.state.desk.actor.login == "wu.min"
    assert study.unlocked is not None
    signatures.confirm_password(
        person.state.desk, study.unlocked.folder, Signing("x", "y", "en", NEW_PASSWORD)
    )


def test_an_empty_line_is_pointed_at(person: Person) -> None:
    person.before(change_password(person.window, person.state, lambda: person.heard.append("changed")))
    person.press("Enter", "Enter", "Enter")
    assert person.sees("Type it here.") and person.heard == []


def test_what_is_refused_hides_no_field_of_the_dialog(person: Person) -> None:
    fields = tuple(Field(code, Words(code, code), "note", required=False) for code in ("review", "why"))
    title = Words("Lock the database", "锁定数据库")
    form = Form("asked", "1", title, (Section(title, fields),))

    def refuse(values: dict[str, Value]) -> None:
        raise RuleBroken("lock.review_needed")

    dialog = open_form(person.window, person.state, form, "Go on", "", refuse, person.window.update)
    person.before(dialog)
    person.press("Ctrl+Enter")
    person.wait(lambda: bool(dialog.strip.sentence()))
    person.wait(lambda: all(_is_whole(dialog.view.field(field.code).editor) for field in fields))
    person.press("Esc")


def _is_whole(widget: QWidget) -> bool:
    return widget.visibleRegion().boundingRect() == widget.rect()
