"""A key file that was changed outside: nothing seals it anew unseen, and it is told until it is accepted."""

from __future__ import annotations

import json

import pytest
from study_fixtures import PASSWORD, Study

from sle_desk.base.errors import NotAllowed, RuleBroken
from sle_desk.domain import roles
from sle_desk.services import backup, history, looking, sign_in_checks, studies


def spoil(study: Study, *, coming: bool) -> None:
    """Change the key file outside; with a made-up change of the key, which an opening would end."""
    content = json.loads(study.folder.keys.read_text(encoding="utf-8"))
    content["header"]["last_backup"] = "2026-11-23T00:00:00.000000Z+480 /a/place/that/never/was"
    if coming:
        content["coming"] = {"slots": [], "recovery": None, "vault": ""}
    study.folder.keys.write_text(json.dumps(content), encoding="utf-8")


def told(study: Study) -> int:
    """Return how often the audit says that the key file was changed."""
    assert study.desk is not None
    trail = history.audit_trail(study.desk, history.Trail(limit=500))
    return sum(row.action == "keys.changed" for row in trail)


@pytest.mark.parametrize("coming", [True, False])
def test_looking_into_the_folder_and_leaving_before_sitting_down_seal_nothing(
    study: Study, coming: bool
) -> None:
    admin = study.sit("xu.feng", roles.ADMINISTRATOR)
    made = backup.make_backup(admin, study.folder)
    study.leave()
    spoil(study, coming=coming)
    before = study.folder.keys.read_bytes()
    with looking.looked_into(study.folder.path, "lin.yue", PASSWORD, study.clock) as looked:
        assert looked.keys_changed
    backup.rehearse(made.path, "xu.feng", PASSWORD, study.folder)
    studies.leave(studies.unlock(study.folder.path, "lin.yue", PASSWORD, study.clock))
    assert study.folder.keys.read_bytes() == before
    study.sit("lin.yue", roles.NURSE)
    assert study.unlocked is not None and study.unlocked.keys_changed and told(study) == 1
    study.sit("lin.yue", roles.NURSE)
    assert not study.unlocked.keys_changed


def test_a_change_while_somebody_works_is_noted_at_the_next_sign_in(study: Study) -> None:
    study.sit("chen.lan", roles.COORDINATOR)
    spoil(study, coming=False)
    study.leave()
    study.sit("lin.yue", roles.NURSE)
    assert study.unlocked is not None and study.unlocked.keys_changed and told(study) == 1
    study.sit("wu.min", roles.PI)
    assert not study.unlocked.keys_changed and told(study) == 1


def test_it_stays_open_until_the_pi_or_the_administrator_accepts_it(study: Study) -> None:
    spoil(study, coming=False)
    nurse = study.sit("lin.yue", roles.NURSE)
    with pytest.raises(NotAllowed):
        sign_in_checks.accept_key_change(nurse, "put back")
    for login, role in (("xu.feng", roles.ADMINISTRATOR), ("wu.min", roles.PI)):
        assert sign_in_checks.is_key_change_open(study.sit(login, role))
    assert study.desk is not None
    with pytest.raises(RuleBroken):
        sign_in_checks.accept_key_change(study.desk, " ")
    sign_in_checks.accept_key_change(study.desk, "An older copy was put back.")
    assert not sign_in_checks.is_key_change_open(study.sit("xu.feng", roles.ADMINISTRATOR))
    study.leave()
    spoil(study, coming=True)
    assert sign_in_checks.is_key_change_open(study.sit("xu.feng", roles.ADMINISTRATOR))
