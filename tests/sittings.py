"""One study where people sit down one after the other, sign out, or crash; what they are told is kept."""

from __future__ import annotations

import json
import platform
import shutil
from collections import Counter
from collections.abc import Callable, Collection
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from acknowledged import REFUSED, Acknowledged, Rows, all_rows
from study_fixtures import LOGINS, PASSWORD

from sle_desk.base.clock import SteppingClock
from sle_desk.base.errors import NotAllowed, SleDeskError, StorageFailed
from sle_desk.domain import roles
from sle_desk.models.store.folder import LOCK_FILE, StudyFolder
from sle_desk.models.subject import Consent
from sle_desk.services import studies
from sle_desk.services.desk import Desk
from sle_desk.services.studies import Unlocked

T = TypeVar("T")
MINUTE = timedelta(minutes=1)
# No process has this number: a lock that names it was left by one that ended.
NOBODY = 2**22 + 7
# So many rows of so much text are more than SQLite holds back (8 MB): some are in the file before the commit.
MANY, LONG_TEXT = 12, "x" * 1_000_000


class Crashed(Exception):
    """The process is gone in the middle of a change."""


class Sittings:
    """A study in a folder, who sits at it, and what was acknowledged; opened, left and crashed."""

    def __init__(self, folder: Path, clock: SteppingClock, known: Acknowledged, told: Counter[str]) -> None:
        self.path = folder
        self.clock = clock
        self.known = known
        self.told = told
        self._unlocked: Unlocked | None = None
        self._desk: Desk | None = None

    @property
    def desk(self) -> Desk:
        """Return the desk of whoever sits there."""
        assert self._desk is not None
        return self._desk

    @property
    def is_open(self) -> bool:
        """Tell whether somebody sits there."""
        return self._desk is not None

    @property
    def folder(self) -> StudyFolder:
        """Return the study's folder."""
        return StudyFolder(self.path)

    def sit(self, role: str, mistyped: bool = False) -> None:
        """Open the study as the person of a role, check it against all that was acknowledged, sign in."""
        self.clock.advance(MINUTE)
        login = LOGINS[role]
        if mistyped:
            with pytest.raises(NotAllowed, match=r"sign_in\.wrong"):
                studies.unlock(self.path, login, PASSWORD.upper(), self.clock)
        self._unlocked = studies.unlock(self.path, login, PASSWORD, self.clock)
        self.known.check(self._unlocked)
        self._desk = studies.sit_down(self._unlocked, role, self.clock)
        self.known.act(self.desk, self.desk.head(), "session.open")
        self.told["opened"] += 1

    def another(self, role: str, mistyped: bool = False) -> None:
        """Open it as somebody else than who sat there last: the next one where the role is the same."""
        others = tuple(LOGINS)
        last = self.known.acts[-1].role
        self.sit(role if role != last else others[(others.index(role) + 1) % len(others)], mistyped)

    def leave(self) -> None:
        """Sign out."""
        self.clock.advance(MINUTE)
        desk, unlocked = self.desk, self._unlocked
        assert unlocked is not None
        heads = [desk.head()]
        desk.subscribe(lambda tables: heads.append(desk.head()))
        studies.stand_up(unlocked, desk)
        self.known.act(desk, heads[-1], "session.close")
        self._desk = self._unlocked = None
        assert not (self.path / LOCK_FILE).exists()

    def crash(self, image: Path, rows: int, subject_id: int) -> None:
        """End the process, between two acts or within one that has written rows; the folder is `image` then.

        What a killed process leaves is its files as they are at that moment: they are copied then.
        """
        try:
            if rows:
                self._crash_within(image, rows, subject_id)
            else:
                shutil.copytree(self.path, image)
        except Crashed:
            pass
        with pytest.raises(StorageFailed, match=r"folder\.in_use"):
            studies.unlock(image, LOGINS[roles.PI], PASSWORD, self.clock)
        lock = {"host": platform.node(), "process": NOBODY, "since": self.clock.now().isoformat()}
        (image / LOCK_FILE).write_text(json.dumps(lock), encoding="utf-8")
        self.close()
        shutil.rmtree(self.path)
        self.path = image
        self.told["crashed"] += 1

    def _crash_within(self, image: Path, rows: int, subject_id: int) -> None:
        text = LONG_TEXT if rows >= MANY else ""
        before = self.folder.study.read_bytes()
        with self.desk.change("backup.make") as change:
            facts = change.record_facts(subject_id)
            for _ in range(rows):
                change.add(
                    Consent(
                        **facts, consent_version="v2.1", signed_on=change.at.date(), signed_time="08:00",
                        explained_by=text, copy_given="Y",
                    )
                )  # fmt: skip
            shutil.copytree(self.path, image)
            # Otherwise the crash would be no more than a closed file.
            assert (image / self.folder.study.name).read_bytes() != before or rows < MANY
            raise Crashed

    def close(self) -> None:
        """Drop the connection without signing out."""
        if self._desk is not None:
            self._desk.close()
        if self._unlocked is not None:
            studies.leave(self._unlocked)
        self._desk = self._unlocked = None

    def ask(
        self,
        action: str,
        do: Callable[[Desk], T],
        wrong: Collection[str] = (),
        reason: str | None = None,
    ) -> T | None:
        """Let the person at the desk act; refused, with one of the `wrong` codes or for the role, or done.

        A refused act must change nothing; a done one is acknowledged, and what it returned is returned.
        """
        self.clock.advance(MINUTE)
        desk, before = self.desk, all_rows(self.desk)
        may = desk.actor.role in roles.ACTIONS[action].roles
        try:
            made = do(desk)
        except SleDeskError as error:
            allowed = {*wrong} if may else {*wrong, "role.may_not"}
            assert error.code in allowed, f"{action} as {desk.actor.role}: {error.code}, not {allowed}"
            self.unchanged(before, noted=isinstance(error, NotAllowed))
            self.told[f"{action}: {error.code}"] += 1
            return None
        assert may, f"{action} was open to {desk.actor.role}"
        assert not wrong, f"{action} was done, and not refused with one of {wrong}"
        self.known.act(desk, desk.head(), action, reason)
        self.told[action] += 1
        return made

    def unchanged(self, before: Rows, *, noted: bool = False) -> None:
        """Fail unless every row is as it was, and the audit too; a refusal that is noted is one row more."""
        assert all_rows(self.desk) == before
        head = self.desk.head()
        assert head.number == self.known.head.number + noted
        if noted:
            self.known.act(self.desk, head, REFUSED)
        assert head == self.known.head
