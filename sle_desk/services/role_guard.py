"""Whether the person at the desk still holds the role: it may end with a day, or by an act in the session."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sle_desk.domain import roles

Ask = Callable[[Callable[[Any], Any]], Any]
# What whoever lost the role in the course of a session may still do: go.
LEAVING = "session.close"


class RoleGuard:
    """Asks the study once a day, and anew after roles were changed: nobody else writes it meanwhile."""

    def __init__(self) -> None:
        self._known: tuple[int, str, date] | None = None
        self._held = False

    def written(self, tables: frozenset[str]) -> None:
        """Take note of what was changed."""
        if "user_role" in tables:
            self._known = None

    def holds(self, user_id: int, role: str, day: date, ask: Ask) -> bool:
        """Tell whether a person holds a role on a day; `ask` asks the study where that is not known."""
        asked = (user_id, role, day)
        if self._known != asked:
            self._held = ask(lambda cursor: _holds(cursor, *asked))
            self._known = asked
        return self._held


def _holds(cursor: Any, user_id: int, role: str, day: date) -> bool:
    lines = cursor.execute(
        "SELECT until_day FROM user_role WHERE user_id = ? AND role = ?", (user_id, role)
    ).fetchall()
    return any(roles.is_held(date.fromisoformat(last) if last else None, day) for (last,) in lines)
