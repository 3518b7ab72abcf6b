"""Attacks by text SQL from inside a change: on its transaction, on the audit, on the number of a row."""

from __future__ import annotations

import contextlib

from attacks import UNAUDITED, changed, coordinator
from forging import Ground, said
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from sle_desk.services.desk import Desk


def broken_off(desk: Desk, *statements: str, passed_over: str = "") -> str:
    """Run statements in a change and break it off; return what refused it, or nothing."""
    before = desk.head().number

    def act() -> None:
        with contextlib.suppress(InterruptedError), desk.change("language.choose") as change:
            if passed_over:
                with contextlib.suppress(DatabaseError):
                    change.session.execute(text(passed_over))
            for statement in statements:
                change.session.execute(text(statement))
            raise InterruptedError

    refused = said(act)
    with desk.view() as session:
        kept = session.execute(text("SELECT role FROM user_role WHERE user_id = 1")).scalars().all()
    assert desk.head().number == before and ("principal_investigator" in kept) is (refused == "")
    return refused


def commits_within(ground: Ground) -> str:
    """Keep a changed row before the act that changed it is broken off."""
    return broken_off(coordinator(ground), UNAUDITED["update"], "COMMIT")


def goes_on_without(ground: Ground) -> str:
    """Let SQLite undo the transaction, pass that over, and change a row with none."""
    undone = "INSERT OR ROLLBACK INTO user SELECT * FROM user WHERE id = 1"
    return broken_off(coordinator(ground), UNAUDITED["update"], passed_over=undone)


ANOTHER = (
    "INSERT INTO audit SELECT number + 1, change, at, 1, 'wu.min', role, session_id, 'decision.sign', 'x',"
    " application, '', NULL, 'event', '{}', payload_hash, link FROM audit ORDER BY number DESC LIMIT 1"
)


def adds_to_the_audit(ground: Ground) -> str:
    """Add an audit row of somebody else with the next number."""
    return changed(coordinator(ground), ANOTHER)


def renumbers_a_row(ground: Ground) -> str:
    """Let a row be another, for the audit to call it one that was never there."""
    return changed(coordinator(ground), "UPDATE user_session SET id = id + 1000 WHERE id = 1")
