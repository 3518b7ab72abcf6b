"""A statement is compiled once in a run of the application, not again for each study that is opened."""

from __future__ import annotations

from sqlalchemy import literal, select
from study_fixtures import Study

from sle_desk.domain import roles
from sle_desk.models.store import dialect


def test_who_sits_down_next_compiles_nothing_that_was_asked_before(study: Study) -> None:
    kept = dialect.COMPILED_ONCE["compiled_cache"]
    asked = select(literal("asked at two desks").label("only_here"))
    before = len(kept)
    desk = study.sit("chen.lan", roles.COORDINATOR)
    with desk.view() as session:
        assert session.scalar(asked) == "asked at two desks"
    study.leave()
    desk = study.sit("wu.min", roles.PI)
    grown = len(kept)
    with desk.view() as session:
        assert session.scalar(asked) == "asked at two desks"
    assert before < grown == len(kept)
