"""A person at the checklist of criteria: every leaf answered and the verdict signed, by keys."""

from __future__ import annotations

from at_the_desk import Person

from sle_desk.services import checklist


def to_eligibility(person: Person) -> None:
    """Go to the checklist of the subject in sight."""
    person.press("e")
    person.until_page("eligibility")


def answer_every_leaf(person: Person) -> None:
    """Answer each leaf as its evidence suggests, with a reason where nothing is computed."""
    page = person.page
    person.press("Home")
    for _ in range(len(page.list.rows)):
        row = page.list.current
        if not row.judgeable:
            person.press("Down")
            continue
        suggested = row.row.judged.suggestion
        keys = {"met": "y", "present": "y", "not_met": "n", "absent": "n", "not_applicable": "a"}
        person.press(keys[suggested] if suggested else "y" if "met" in row.row.judged.leaf.answers else "n")
        if page.panel.isVisible():
            person.type("Asked and examined.")
            person.press("Ctrl+Enter")


def judge(person: Person, subject_id: int = 1) -> None:
    """Let the PI decide every leaf and sign the verdict."""
    answer_every_leaf(person)
    for _ in range(len(person.page.list.rows)):
        person.press("PageDown")
        person.until(lambda: True)
    person.press("Ctrl+Enter")
    person.until_dialog()
    person.sign()
    person.until(lambda: checklist.checklist(person.desk, subject_id).signed is not None)
