"""Who somebody is, in the audit: for roles of the ward only, and only while names are shown."""

from __future__ import annotations

import pytest
from people_invented import someone
from study_fixtures import LOGINS, Study

from sle_desk.base.errors import NotAllowed
from sle_desk.domain import roles
from sle_desk.services import history, subjects
from sle_desk.services.desk import Desk
from sle_desk.services.history import Trail


@pytest.fixture
def known(study: Study) -> tuple[str, ...]:
    """Return what says who the one subject is; her name stands in a reason too."""
    desk = study.sit("chen.lan", roles.COORDINATOR)
    row = subjects.register_subject(desk, someone())
    who = subjects.identity_of(desk, row.id)
    desk.note("paper.print", {"of": f"said of {who.name}"}, f"asked by {who.name}")
    return (who.name, who.identity_number, who.birth_date.isoformat(), who.initials)


def told(desk: Desk, names: bool = True) -> str:
    """Return everything that the audit tells at a desk."""
    trails = [history.audit_trail(desk, names=names), history.subject_trail(desk, 1, names=names)]
    rows = [row for trail in trails for row in trail] + [*history.row_history(desk, "identity", 1)] * names
    return " ".join(f"{row.old} {row.new} {row.facts} {row.reason}" for row in rows)


READERS = [role for role in LOGINS if role in roles.READS_AUDIT]


@pytest.mark.parametrize("role", READERS)
def test_the_ward_reads_names_and_nobody_else(study: Study, known: tuple[str, ...], role: str) -> None:
    desk = study.sit(LOGINS[role], role)
    text = told(desk)
    for secret in known:
        assert (secret in text) == (role in roles.SEES_NAMES), secret
    assert not any(secret in told(desk, names=False) for secret in known)


def test_the_nurse_reads_own_rows_and_the_history_of_a_field(study: Study, known: tuple[str, ...]) -> None:
    desk = study.sit(LOGINS[roles.NURSE], roles.NURSE)
    assert {row.user for row in history.audit_trail(desk, names=True)} == {LOGINS[roles.NURSE]}
    assert known[0] in str([row.new for row in history.row_history(desk, "identity", 1)])


def test_the_statistician_reads_no_audit(study: Study) -> None:
    desk = study.sit(LOGINS[roles.STATISTICIAN], roles.STATISTICIAN)
    for read in (history.audit_trail, lambda of: history.subject_trail(of, 1)):
        with pytest.raises(NotAllowed, match=r"role\.reads_no_audit"):
            read(desk)


@pytest.mark.parametrize("role", [role for role in READERS if role not in roles.SEES_NAMES])
def test_a_search_tells_no_more_than_what_is_seen(study: Study, known: tuple[str, ...], role: str) -> None:
    desk = study.sit(LOGINS[role], role)
    for secret in (*known, '"state":"current"' if role not in roles.SEES_VALUES else known[0]):
        assert history.audit_trail(desk, Trail(text=secret)) == ()
    assert history.audit_trail(desk, Trail(text="subject.register"))


def test_the_ward_finds_a_name(study: Study, known: tuple[str, ...]) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    assert history.audit_trail(desk, Trail(text=known[0]))
    # As the row is kept, between two of its fields too.
    assert history.audit_trail(desk, Trail(text=f'"name":"{known[0]}"'))
    assert history.audit_trail(desk, Trail(text=known[0]), names=False) == ()
