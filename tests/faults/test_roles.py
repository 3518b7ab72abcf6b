"""Fault 28: each role tries each act of the matrix at the services; what it may not is refused and noted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from made_once import once
from role_acts import ACTS
from role_study import ALL_LOGINS, Made, prepare
from study_fixtures import Study
from trial_fixtures import Made as MadeTrial
from trial_fixtures import copied, made_arms, made_trial

from sle_desk.base.errors import NotAllowed, SleDeskError
from sle_desk.domain import roles
from sle_desk.models.audit import Audit
from sle_desk.services.clock_guard import JUMPED

__all__ = ["made_arms", "made_trial"]


@pytest.fixture
def made(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, made_arms: MadeTrial) -> Iterator[Made]:
    """A copy of the study in which each act has something to be about."""

    def make() -> Made:
        place = tmp_path_factory.mktemp("roles")
        return prepare(copied(made_arms, place / "study"), place)

    first = once("roles", make)
    place = (first.study.folder.path, first.study.recovery_key, first.study.clock.now())
    study = copied(place, tmp_path / "study")
    out = tmp_path / "out"
    out.mkdir()
    yield replace(first, study=study, place=out, backup=study.folder.backups / first.backup.name)
    study.leave()


def test_fault_28_every_action_of_the_matrix_has_its_act_and_every_role_its_person() -> None:
    assert set(ACTS) == set(roles.ACTIONS)
    assert set(ALL_LOGINS) == set(roles.ROLES)


def left(study: Study, out: Path) -> dict[Path, bytes]:
    """Return the files that an act could have changed; what changes in the study file the audit tells."""
    files = [path for path in (*study.folder.path.rglob("*"), *out.rglob("*")) if path.is_file()]
    return {path: path.read_bytes() for path in files if path != study.folder.study}


@pytest.mark.parametrize("role", roles.ROLES)
def test_fault_28_every_act_is_open_to_its_roles_and_refused_to_all_others(made: Made, role: str) -> None:
    made.study.sit(ALL_LOGINS[role], role)
    for action, act in ACTS.items():
        if roles.may(role, action):
            try:
                act(made)
            except SleDeskError as error:
                # Refused for a reason of its own, not for want of the role.
                assert error.code != "role.may_not", action
            continue
        before, files = made.desk.head().number, left(made.study, made.place)
        with pytest.raises(NotAllowed, match=r"role\.may_not"):
            act(made)
        with made.desk.view() as session:
            rows = session.query(Audit).filter(Audit.number > before).all()
        # A clock that was put wrong for the act is noted beside it.
        (noted,) = [row for row in rows if row.action != JUMPED]
        told = (noted.operation, noted.role, json.loads(noted.payload or ""))
        assert told == ("event", role, {"action": action, "code": "role.may_not"}), action
        assert left(made.study, made.place) == files, action
