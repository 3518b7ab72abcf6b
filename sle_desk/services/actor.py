"""Who acts at the desk, who is to, and the last row of the audit that an act stands on."""

from __future__ import annotations

from dataclasses import dataclass, field

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
class NewPerson:
    """A first account: sign-in name, full name and password."""

    login: str
    name: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class Head:
    """The last row of the audit chain: what a paper printed now is bound to."""

    number: int
    link: str

    @property
    def code(self) -> str:
        """Return the code to print."""
        return paper_code(self.link)
