"""A fault of the file that is another program's hold on it, to be told from damage."""

from __future__ import annotations

from pathlib import Path

from sqlcipher3 import dbapi2 as driver

from sle_desk.base.errors import StorageFailed

# Of an extended code, the lowest byte says what kind it is.
_KIND = 0xFF
_HELD = frozenset({driver.SQLITE_BUSY, driver.SQLITE_LOCKED})


def is_held(error: BaseException) -> bool:
    """Tell whether the driver says that somebody else has the file locked."""
    said = getattr(error, "orig", error)
    return isinstance(said, driver.Error) and getattr(said, "sqlite_errorcode", 0) & _KIND in _HELD


def held(error: BaseException, path: Path) -> StorageFailed:
    """Return the fault to raise where a file is held while it is opened."""
    return StorageFailed("file.held", path=str(path), reason=str(getattr(error, "orig", error)))


def not_opened(error: BaseException, path: Path) -> StorageFailed:
    """Return the fault to raise where a page is needed before the opening checks: held, or damaged."""
    if is_held(error):
        return held(error, path)
    # It says no more than the checks would.
    return StorageFailed("file.damaged", found=str(error), count=1)


def not_done(error: BaseException) -> StorageFailed:
    """Return the fault to raise where a file that is open does not let something be read or saved.

    A full or failing disk is no fault of the program: what was to be saved is said not to be.
    """
    said = str(getattr(error, "orig", error))
    if is_held(error):
        return StorageFailed("file.held_at_save", reason=said)
    if "malformed" in said:
        return StorageFailed("file.damaged", found=said, count=1)
    return StorageFailed("file.write_failed", reason=said)
