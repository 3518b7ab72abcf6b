"""What was verified of a study against what its key file says of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sle_desk.base.clock import Clock, ContinuedClock
from sle_desk.base.errors import StorageFailed
from sle_desk.models.store import verification
from sle_desk.models.store.database import DriverError, connect
from sle_desk.models.store.folder import StudyFolder
from sle_desk.models.store.key_file import Header, KeyFile
from sle_desk.models.store.verification import Verified
from sle_desk.services.live_study import link_at
from sle_desk.services.older_keys import Returned, not_its_key, returned

CALLED_DEMONSTRATION, CALLED_REAL = "keys.called_demonstration", "keys.called_real"


def against_header(verified: Verified, header: Header, cursor: Any) -> Verified:
    """Compare what was verified with what the key file says of the study."""
    if not verified.holds:
        return verified
    faults: list[verification.Fault] = []
    called = _wrongly_called(cursor, header)
    if verified.study_id != header.study_id:
        faults.append(verification.Fault("keys.other_study", {"found": header.study_id[:8]}))
    elif called:
        faults.append(verification.Fault(called, {}))
    elif verified.number < header.last_number:
        facts: dict[str, object] = {"found": verified.number, "header": header.last_number}
        faults.append(verification.Fault("file.went_back", facts))
    elif header.last_link and link_at(cursor, header.last_number) != header.last_link:
        faults.append(verification.Fault("study.parted", {"number": header.last_number}))
    return replace(verified, faults=tuple(faults))


def looked_at(folder: StudyFolder, data_key: bytes, keys: KeyFile, clock: Clock) -> Returned:
    """Refuse a study that its plain header calls what it is not, before anything is written by a clock.

    Return what a key file brings back that is older than the study.

    Which clock a study goes by is chosen before anybody opened it. StorageFailed; what is no study of ours,
    or is damaged, is left to the opening checks.
    """
    connection = connected(folder, data_key, keys.header)
    try:
        cursor = connection.cursor()
        said, called = _said(cursor), _wrongly_called(cursor, keys.header)
        back = returned(cursor, keys)
    finally:
        connection.close()
    if called:
        raise StorageFailed(called)
    if said == "no" and isinstance(clock, ContinuedClock):
        raise StorageFailed("clock.of_demonstration")
    return back


def connected(folder: StudyFolder, data_key: bytes, header: Header) -> Any:
    """Return a raw connection; where the study is under another key, StorageFailed says what is known."""
    try:
        return connect(folder.study, data_key)
    except StorageFailed as error:
        if error.code != "file.not_readable":
            raise
        raise not_its_key(folder, header) from error


def _said(cursor: Any) -> str:
    """Return what the encrypted file says of being a demonstration: yes, no, or nothing to be read."""
    try:
        row = cursor.execute("SELECT value FROM study_fact WHERE name = 'demonstration'").fetchone()
    except DriverError:
        return ""
    return str(row[0]) if row else ""


def _wrongly_called(cursor: Any, header: Header) -> str:
    said = _said(cursor)
    if said == "no" and header.demonstration:
        return CALLED_DEMONSTRATION
    return CALLED_REAL if said == "yes" and not header.demonstration else ""
