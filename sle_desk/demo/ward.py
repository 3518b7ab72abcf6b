"""Who sits at the demonstration's desk: one person at a time, each signed in and out by the services."""

from __future__ import annotations

from datetime import timedelta

from sle_desk.base.clock import SteppingClock
from sle_desk.demo.invented import Member
from sle_desk.domain.protocol import Protocol
from sle_desk.models.store.folder import StudyFolder
from sle_desk.models.store.key_file import read_keys
from sle_desk.services import studies
from sle_desk.services.desk import Desk
from sle_desk.services.keys_change import Keys
from sle_desk.services.sign_in_checks import settle_clock
from sle_desk.services.studies import Unlocked


class Ward:
    """The study on disk, its clock, and whoever sits there."""

    def __init__(self, folder: StudyFolder, clock: SteppingClock) -> None:
        self.folder = folder
        self.clock = clock
        self._member: Member | None = None
        self._seat: tuple[Unlocked, Desk] | None = None
        self._protocol: Protocol | None = None
        self._keys: dict[str, Keys] = {}

    def sit(self, member: Member, *, first: bool = False) -> Desk:
        """Return the desk of a person, signing out who sat there; `first`: by the one-time password."""
        self._believe()
        if self._seat is not None and self._member == member:
            return self._seat[1]
        self.leave()
        unlocked = self._unlock(member, first)
        desk = studies.sit_down(unlocked, member.role, self.clock, self._protocol)
        self._protocol = desk.newest_protocol
        self._member, self._seat = member, (unlocked, desk)
        return desk

    def _believe(self) -> None:
        """Say that the clock is right where nothing was due for a month: whoever sits there is asked."""
        if self._seat is not None:
            settle_clock(self._seat[1], "nothing was due meanwhile")

    def _unlock(self, member: Member, first: bool) -> Unlocked:
        key = self._keys.get(member.login)
        if key is not None:
            # The password opened this key once already: asking again only takes time.
            return studies.open_with_key(
                self.folder, read_keys(self.folder.keys), key, member.login, self.clock
            )
        password = member.one_time if first else member.password
        unlocked = studies.unlock(self.folder.path, member.login, password, self.clock)
        self._keys[member.login] = Keys(unlocked.database.data_key, unlocked.database.list_key)
        return unlocked

    def leave(self) -> None:
        """Sign out whoever sits there."""
        if self._seat is not None:
            studies.stand_up(*self._seat)
        self._member = self._seat = None

    def minutes(self, count: int) -> None:
        """Let time pass."""
        self.clock.advance(timedelta(minutes=count))
