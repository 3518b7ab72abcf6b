"""Who acts at the desk, and the last row of the audit that an act stands on."""

from __future__ import annotations

from dataclasses import dataclass

from sle_desk.domain.sealing import paper_code


@dataclass(frozen=True)
class Actor:
    """Who acts, in which one role, since which sign-in."""

    user_id: int
    login: str
    name: str
    role: str
    session_id: int | None


@dataclass(frozen=True)
class Head:
    """The last row of the audit chain: what a paper printed now is bound to."""

    number: int
    link: str

    @property
    def code(self) -> str:
        """Return the code to print."""
        return paper_code(self.link)
