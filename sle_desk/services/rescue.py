"""What was saved, put beside a study file that was taken away or written over while it was open."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from sle_desk.base.errors import StorageFailed
from sle_desk.models.store import verification
from sle_desk.models.store.database import Database, DriverError, connect

# Doors of the desk behind which the file is written, and those that first look whether it is still ours.
WRITING = frozenset({"change", "refusal", "draft", "vacuum", "rekey"})
LOOKING = WRITING | {"snapshot"}


class Rescue:
    """The one copy that is put beside: a second refusal names the first copy."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._whole: Path | None = None
        # The last audit number that is known to be saved.
        self.saved = 0

    def require_ours(self, moment: datetime) -> None:
        """Refuse to go on with a file that was taken away or written over; what was saved is put beside."""
        if not self._database.is_in_place():
            if self._is_only_touched():
                return
            raise self._fault(moment)

    def _is_only_touched(self) -> bool:
        """Tell whether another program set the time of the file, as a virus scanner does, and no more."""
        if not (self._database.is_touched() and self._holds()):
            return False
        self._database.written()
        return True

    def _holds(self) -> bool:
        """Tell whether the file as it lies on the disk is whole up to what was saved: the opening checks."""
        try:
            self._database.forget_pages()
            found: verification.Verified = self._database.run(verification.verify)
        except (StorageFailed, DatabaseError, DriverError):
            return False
        return found.holds and found.number >= self.saved

    def _fault(self, moment: datetime) -> StorageFailed:
        path = self._database.path
        target = path.with_name(f"{path.stem}-rescued-{moment:%Y%m%dT%H%M%S}{path.suffix}")
        if self._whole is None and self._is_copied(target):
            self._whole = target
        code = "file.replaced" if self._whole is not None else "file.replaced_lost"
        return StorageFailed(code, path=str(path), rescued=str(self._whole or target))

    def _is_copied(self, target: Path) -> bool:
        # Of a file written over in place the old pages may be mixed with the new: only the checks tell.
        try:
            target.unlink(missing_ok=True)
            self._database.copy_to(target)
            connection = connect(target, self._database.data_key)
            try:
                found = verification.verify(connection.cursor())
            finally:
                connection.close()
        except (StorageFailed, DatabaseError, DriverError, OSError):
            return False
        return found.holds and found.number >= self.saved
