"""A second person with the same facts: the guard asks, and a key says that the cards were compared."""

from datetime import date

from desk_window import DeskWindow
from people_invented import identity_number, someone
from typist import Typist

from sle_desk.domain import roles
from sle_desk.services import subjects
from sle_desk.ui.pages.register_page import RegisterPage


def test_a_possible_duplicate_waits_until_the_cards_are_compared(qtbot, study):
    known = someone()
    subjects.register_subject(study.sit("chen.lan", roles.COORDINATOR), known)
    window = DeskWindow(qtbot, study, "chen.lan", roles.COORDINATOR, RegisterPage)
    typist = Typist()
    born = date(1992, 3, 4)
    # The same birth date, sex and initials under another number.
    typist.type("张海明")
    typist.press("Enter", "Enter", "F")
    typist.type(born.isoformat())
    typist.press("Enter", "1")
    typist.type(identity_number(born, "F", 9))
    typist.press("Enter", "Enter", "Ctrl+Enter")
    assert len(window.said) == 1 and "SLE-001" in window.said[0]
    assert typist.sees("SLE-001")
    assert len(subjects.subjects(window.desk)) == 1
    typist.press("Ctrl+Shift+Enter")
    assert len(subjects.subjects(window.desk)) == 2
    assert window.went[-1].page == "consent"
    window.close()
