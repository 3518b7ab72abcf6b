"""The Study page at the keyboard: tabs, people, delegation, laboratories, consents, the registry's text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLabel, QPlainTextEdit
from study_fixtures import PASSWORD, Study
from study_room import Person, visible

from sle_desk.base.errors import NotAllowed
from sle_desk.domain import roles
from sle_desk.domain.sealing import sha256
from sle_desk.services import (
    consent_versions,
    drafts,
    history,
    laboratories,
    package,
    people,
    recovery,
    studies,
)
from sle_desk.services.drafts import Place
from sle_desk.services.recovery import KeyPaper, Recovery
from sle_desk.ui.buttons import Button
from sle_desk.ui.desk_page import Go
from sle_desk.ui.key_conflicts import conflicts
from sle_desk.ui.labels import label_is_cut
from sle_desk.ui.pages.study_page import StudyPage

ONE_TIME = "seven paper boats"
Sit = Callable[[str, str], Person]


@pytest.fixture
def sit(study: Study, qtbot: QObject) -> Sit:
    """Sit down as a person in a role."""
    return lambda login, role: Person(study, login, role, qtbot)


def buttons(person: Person) -> set[str]:
    """Return the words of the buttons in the tab in sight."""
    return {button.words for button in visible(person.page.current_tab(), Button)}


# Tabs.


def test_the_keys_lead_along_the_tabs_and_around(sit: Sit) -> None:
    person = sit("chen.lan", roles.COORDINATOR)
    codes = [code for code, _, _ in StudyPage.entries]
    seen = []
    for _ in codes:
        seen.append(person.page.tabs.code())
        person.press("Ctrl+PageDown")
    assert seen == codes and person.page.tabs.code() == codes[0]
    person.press("Ctrl+PageUp")
    assert person.page.tabs.code() == codes[-1]


@pytest.mark.parametrize(("login", "role"), [("xu.feng", roles.ADMINISTRATOR), ("wu.min", roles.PI)])
def test_no_key_means_two_things_and_no_label_is_cut_in_either_language(
    sit: Sit, login: str, role: str
) -> None:
    person = sit(login, role)
    tabs = person.page.tabs
    # No file is chosen in the system's own dialog.
    person.page.tab("protocol").amendments.ask = lambda parent, title: None
    for code in (
        "protocol",
        "consents",
        "ethics",
        "screening",
        "delegation",
        "laboratories",
        "calendar",
        "people",
        "backup",
    ):
        person.to(code)
        person.press("Ctrl+N")
        assert conflicts(person.shell) == ()
        for _ in range(2):
            person.wait(lambda: not [each for each in visible(person.shell, QLabel) if label_is_cut(each)])
            assert tabs.minimumSizeHint().width() <= tabs.width()
            person.press("Ctrl+Shift+L")
        person.press("Esc")


def test_a_place_to_go_to_names_a_tab(sit: Sit) -> None:
    person = sit("chen.lan", roles.COORDINATOR)
    person.page.target(Go("study", tab="people"))
    assert person.page.tabs.code() == "people"


# The registry's text.


def test_the_registrys_text_is_shown_to_the_letter_with_its_hash(sit: Sit) -> None:
    person = sit("he.jian", roles.MONITOR)
    person.to("protocol")
    registered = package.installed_files()["registry.txt"]
    (text,) = visible(person.page, QPlainTextEdit)
    assert text.toPlainText() == registered
    digest = sha256(registered.encode("utf-8"))
    assert person.sees(" ".join(digest[start : start + 16] for start in range(0, 64, 16)))
    assert "the text agrees with it" in person.chips()
    assert person.sees(
        f"Protocol package nct05262686, version {package.read_package(package.installed_files()).version}"
    )
    person.type("changed")
    assert text.toPlainText() == registered


# People.


def test_the_administrator_makes_an_account_by_keys(sit: Sit, study: Study) -> None:
    person = sit("xu.feng", roles.ADMINISTRATOR)
    person.to("people")
    person.press("Ctrl+N")
    person.fill("li.na", "Li Na")
    person.press("2", "Enter")
    person.type(ONE_TIME)
    assert drafts.drafts(person.state.desk, Place("study.person")) == {"login": "li.na", "name": "Li Na"}
    person.press("Enter")
    assert person.sees("Account of Li Na made.") and person.sees("Study nurse")
    assert drafts.drafts(person.state.desk, Place("study.person")) == {}
    person.state.stand()
    study.leave()
    unlocked = studies.unlock(study.folder.path, "li.na", ONE_TIME, study.clock)
    assert unlocked.must_change_password and unlocked.roles == (roles.NURSE,)
    studies.leave(unlocked)


def test_the_administrator_records_a_training_by_keys(sit: Sit) -> None:
    person = sit("xu.feng", roles.ADMINISTRATOR)
    person.to("people")
    assert person.sees("not recorded")
    person.press("T")
    person.type("2026-11-20")
    person.press("Enter")
    assert person.sees("2026-11-20")


def test_the_administrator_limits_an_account_to_a_last_day_by_keys(sit: Sit) -> None:
    person = sit("xu.feng", roles.ADMINISTRATOR)
    person.to("people")
    until = (person.state.desk.today() + timedelta(days=30)).isoformat()
    past = (person.state.desk.today() - timedelta(days=1)).isoformat()

    def answer() -> None:
        person.type(past)
        person.press("Ctrl+Enter")
        assert person.sees(f"{past} is past")
        person.press("Ctrl+A")
        person.type(until)
        person.press("Ctrl+Enter")

    person.at("He Jian")
    person.in_dialog(answer)
    person.press("L")
    assert person.sees(f"He Jian may sign in until {until}.") and person.sees(f"(last day {until})")


def test_an_account_without_a_role_or_a_password_is_not_made(sit: Sit) -> None:
    person = sit("xu.feng", roles.ADMINISTRATOR)
    person.to("people")
    person.press("Ctrl+N")
    person.fill("li.na", "Li Na")
    person.press("Ctrl+Enter")
    assert person.sees("Tick at least one role.")
    person.press("2", "Ctrl+Enter")
    assert person.sees("Type a one-time password.")
    assert len(people.people(person.state.desk)) == 7


def test_the_statistician_is_not_combined_with_the_ward(sit: Sit) -> None:
    person = sit("xu.feng", roles.ADMINISTRATOR)
    person.to("people")
    person.at("Sun Tong")
    person.press("r", "2")
    assert person.sees("The statistician knows the list: no role that enrols, judges or doses beside it.")
    person.press("Ctrl+Enter")
    assert person.sees("Choose another combination.")
    (statistician,) = [each for each in people.people(person.state.desk) if each.login == "sun.tong"]
    assert statistician.roles == (roles.STATISTICIAN,)


def test_two_roles_in_conflict_are_allowed_and_shown(sit: Sit) -> None:
    person = sit("xu.feng", roles.ADMINISTRATOR)
    person.to("people")
    person.at("Chen Lan")
    assert not person.sees("Two roles")
    person.press("r", "7")
    assert person.sees("the conflict is shown on the list of people")
    person.press("Enter")
    assert person.sees("Roles of Chen Lan changed.") and person.sees("Two roles")


def test_a_one_time_password_replaces_a_forgotten_one(sit: Sit, study: Study) -> None:
    person = sit("xu.feng", roles.ADMINISTRATOR)
    person.to("people")
    person.at("Lin Yue")
    person.press("p")
    person.fill("short")
    assert person.sees("A password has at least 12 characters; this one has 5.")
    person.press("Ctrl+A")
    person.fill(ONE_TIME)
    assert person.sees("One-time password of Lin Yue set.")
    person.state.stand()
    study.leave()
    unlocked = studies.unlock(study.folder.path, "lin.yue", ONE_TIME, study.clock)
    assert unlocked.must_change_password
    studies.leave(unlocked)


def test_an_account_is_closed_for_a_coded_reason(sit: Sit, study: Study) -> None:
    person = sit("xu.feng", roles.ADMINISTRATOR)
    person.to("people")
    person.at("He Jian")
    person.press("x", "4", "Enter")
    assert person.sees("“Other” needs a word of explanation.")
    person.fill("moved away")
    assert person.sees("Account of He Jian closed.")
    (row,) = [row for row in history.audit_trail(person.state.desk) if row.action == "people.deactivate"][:1]
    assert row.user == "xu.feng"
    person.state.stand()
    study.leave()
    with pytest.raises(NotAllowed):
        studies.unlock(study.folder.path, "he.jian", PASSWORD, study.clock)


def test_giving_up_the_reason_closes_nothing(sit: Sit) -> None:
    person = sit("xu.feng", roles.ADMINISTRATOR)
    person.to("people")
    person.at("He Jian")
    person.press("x", "1", "Esc")
    assert all(each.active for each in people.people(person.state.desk))


def test_other_roles_read_the_accounts_and_change_their_own_password(sit: Sit, study: Study) -> None:
    person = sit("lin.yue", roles.NURSE)
    person.to("people")
    assert buttons(person) == {"My password…"}
    person.press("Ctrl+N", "Enter")
    assert person.page.current_tab().form is None
    person.press("Ctrl+M")
    person.fill(PASSWORD, ONE_TIME, f"{ONE_TIME}!")
    assert person.sees("The two passwords are not the same.")
    person.press("Ctrl+A")
    person.fill(ONE_TIME)
    assert person.sees("Your password is changed.")
    person.state.stand()
    study.leave()
    studies.leave(studies.unlock(study.folder.path, "lin.yue", ONE_TIME, study.clock))


def test_a_used_recovery_key_is_told(sit: Sit, study: Study) -> None:
    given = Recovery("lin.yue", study.recovery_key, ONE_TIME)
    paper = KeyPaper("K-02", "Safe, envelope 2", "Xu Feng", "Wu Min")
    recovery.use_recovery_key(study.folder.path, given, recovery.new_key(), paper, study.clock)
    person = sit("wu.min", roles.PI)
    person.to("people")
    assert person.sees("The recovery key was used for Lin Yue on 2026-11-23 at 08:00.")


# Laboratories and consent versions.


def test_a_laboratory_is_set_up_and_its_ranges_confirmed(sit: Sit) -> None:
    person = sit("chen.lan", roles.COORDINATOR)
    person.to("laboratories")
    assert person.sees("No laboratory yet.")
    person.press("Ctrl+N")
    person.fill("PKUPH", "Clinical laboratory", "20260101")
    person.press("Enter")
    assert person.sees("Laboratory PKUPH recorded with proposed ranges.")
    desk = person.state.desk
    (row,) = laboratories.laboratories(desk)
    count = len(laboratories.ranges(desk, row.id))
    assert count and person.sees(f"0 of {count} confirmed") and person.sees("proposal")
    assert person.sees("every flag they give is marked as unconfirmed")
    person.press("c")
    person.press("Ctrl+Enter", "Enter")
    person.fill("List v3 of 2026-02-01")
    person.press("Enter")
    assert person.sees(f"Ranges of PKUPH confirmed: {count}.") and person.sees(
        f"{count} of {count} confirmed"
    )
    assert {each.source for each in laboratories.ranges(desk, row.id)} == {"List v3 of 2026-02-01"}


def test_a_nurse_reads_the_laboratories(sit: Sit) -> None:
    person = sit("lin.yue", roles.NURSE)
    person.to("laboratories")
    assert buttons(person) == set()


def test_a_consent_version_is_recorded_once_and_after_it_was_written(sit: Sit) -> None:
    person = sit("chen.lan", roles.COORDINATOR)
    person.to("consents")
    assert person.sees("v2.1") and person.sees("2026PHB-041")
    person.press("Ctrl+N")
    person.fill("v3.0", "20261001", "2026PHB-077", "20260901", "")
    person.press("1", "2", "Ctrl+Enter")
    assert person.sees("cannot have been approved on 2026-09-01, before it was written.")
    # The focus is in the field that is meant, and its text is marked.
    person.fill("20261015")
    person.press("Ctrl+Enter")
    assert person.sees("Consent version v3.0 recorded.")
    assert consent_versions.consent_versions(person.state.desk) == ("v3.0", "v2.1")
    person.press("Ctrl+N")
    person.fill("v3.0", "20261001", "2026PHB-077", "20261015", "")
    person.press("1", "2", "Ctrl+Enter")
    assert person.sees("The consent version v3.0 is recorded already.")


def test_a_new_version_ends_the_one_before_unless_it_goes_on(sit: Sit) -> None:
    person = sit("chen.lan", roles.COORDINATOR)
    person.to("consents")
    person.press("Ctrl+N")
    person.fill("v3.0", "20261001", "2026PHB-077", "20261015", "20261101")
    person.press("1", "1")
    person.fill("20261201")
    person.press("Ctrl+Enter")
    assert person.sees("until 2026-10-31") and person.sees("2026-11-01")
    person.press("Ctrl+N")
    person.fill("v3.1", "20261101", "2026PHB-078", "20261110", "")
    person.press("2", "2", "Ctrl+Enter")
    rows = consent_versions.consent_version_rows(person.state.desk)
    assert [row.reconsent_by for row in rows][:2] == [None, date(2026, 12, 1)]
    assert [(row.code, row.valid_until) for row in rows][:2] == [("v3.1", None), ("v3.0", None)]


def test_a_consent_version_is_put_right_with_f2_and_its_reason(sit: Sit) -> None:
    person = sit("chen.lan", roles.COORDINATOR)
    person.to("consents")
    person.press("F2")
    person.fill("v2.2")
    person.press("Ctrl+Enter", "1", "Ctrl+Enter")
    assert consent_versions.consent_versions(person.state.desk) == ("v2.2",)


def test_a_day_that_does_not_exist_keeps_the_form_open(sit: Sit) -> None:
    person = sit("chen.lan", roles.COORDINATOR)
    person.to("consents")
    person.press("Ctrl+N")
    person.fill("v3.0", "2026-02-30")
    assert person.sees("month 2 of 2026 has 28 days")
    person.press("Ctrl+Enter")
    assert consent_versions.consent_versions(person.state.desk) == ("v2.1",)


def test_the_other_language_keeps_what_is_typed_and_where(sit: Sit) -> None:
    person = sit("chen.lan", roles.COORDINATOR)
    person.to("consents")
    person.press("Ctrl+N")
    person.fill("v3.0")
    person.type("2026")
    person.press("Ctrl+Shift+L")
    person.type("1001")
    assert person.sees("知情同意书版本") and person.sees("v3.0") and person.sees("20261001")
