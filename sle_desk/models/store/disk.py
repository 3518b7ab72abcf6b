"""What lies under a folder: a disk of this computer, or one that cannot keep a live study; and its room."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from sle_desk.base.errors import StorageFailed

# File systems that answer from another computer: locks and syncs there mean little (integrity.md 2.5).
NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "smb2", "afs", "ceph", "glusterfs", "lustre", "ncpfs", "davfs"}
    | {"fuse.sshfs", "fuse.davfs2", "fuse.rclone", "fuse.glusterfs", "fuse.ceph", "fuse.gvfsd-fuse"}
    # A folder of the computer around a virtual one.
    | {"9p", "vboxsf", "virtiofs"}
)
# Folders that a program copies away while the study is being written.
SYNCHRONISED = (
    *("onedrive", "dropbox", "nutstore", "坚果云", "icloud", "google drive", "googledrive", "百度网盘"),
    *("baidunetdisk", "baidu netdisk", "box sync", "seafile", "nextcloud", "owncloud", "syncthing"),
    # The folder under which macOS keeps iCloud, and that of WPS.
    *("com~apple~clouddocs", "mobile documents", "wps云盘"),
)
WARN_BELOW = 500 * 1024**2
REFUSE_BELOW = 100 * 1024**2
_DRIVE_REMOTE = 4
MOUNTS = Path("/proc/self/mountinfo")


def file_system(path: Path, mounts: str) -> str:
    """Return the kind of file system a path lies on, by the lines of Linux's mountinfo; empty if unknown."""
    best, kind = -1, ""
    for line in mounts.splitlines():
        before, separator, after = line.partition(" - ")
        fields = before.split()
        if not separator or len(fields) < 5 or not after.split():
            continue
        point = Path(fields[4].replace("\\040", " ").replace("\\011", "\t"))
        if (point == path or point in path.parents) and len(point.parts) >= best:
            best, kind = len(point.parts), after.split()[0]
    return kind


def synchronised_by(path: Path) -> str:
    """Return the part of a path that a synchronising program keeps, or nothing."""
    return next((part for part in path.parts if any(word in part.casefold() for word in SYNCHRONISED)), "")


def check_local(path: Path, mounts: str | None = None) -> None:
    """Refuse a folder for a live study that another computer keeps or a program copies away meanwhile.

    StorageFailed `place.network` or `place.synchronised`; backups may lie there.
    """
    whole = path.resolve()
    kept = synchronised_by(whole)
    if kept:
        raise StorageFailed("place.synchronised", path=str(path), folder=kept)
    if sys.platform == "win32":
        if str(whole).startswith("\\\\") or _drive_type(whole) == _DRIVE_REMOTE:
            raise StorageFailed("place.network", path=str(path))
        return
    kind = file_system(whole, _mounts() if mounts is None else mounts)
    if kind in NETWORK:
        raise StorageFailed("place.network", path=str(path))


def _mounts() -> str:
    try:
        return MOUNTS.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _drive_type(path: Path) -> int:
    import ctypes

    return int(ctypes.windll.kernel32.GetDriveTypeW(f"{path.drive}\\"))  # type: ignore[attr-defined]


def free_bytes(path: Path) -> int:
    """Return the free bytes of the disk a path lies on, or will lie on."""
    nearest = next((folder for folder in (path, *path.parents) if folder.exists()), Path(path.anchor))
    return shutil.disk_usage(nearest).free


def require_room(free: int) -> None:
    """Refuse to begin something new while the disk is nearly full; StorageFailed `disk.full`."""
    if free < REFUSE_BELOW:
        raise StorageFailed("disk.full", free=free // 1024**2, wanted=REFUSE_BELOW // 1024**2)


class Held:
    """The very file that was opened, as our own last write left it.

    Another file put under its name is told by its number on the disk; an older one copied over it in place
    by what no write of ours left there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known, self._left = _look(path)

    def still(self) -> bool:
        """Tell whether the same file still stands under the name, and nobody else has written it."""
        return _look(self._path) == (self._known, self._left)

    def written(self) -> None:
        """Take what stands there as left by our own write; another file never."""
        known, left = _look(self._path)
        if known == self._known:
            self._left = left


# Windows writes the time of a file that is open only when it likes. The first page is enciphered anew with
# the first write after each opening: no copy made before has it.
_BY_PAGE = sys.platform == "win32"
_PAGE = 4096


def _look(path: Path) -> tuple[tuple[int, int] | None, tuple[int, int | bytes]]:
    try:
        found = os.stat(path)
        return (found.st_dev, found.st_ino), (
            found.st_size,
            _first_page(path) if _BY_PAGE else found.st_mtime_ns,
        )
    except OSError:
        return None, (0, 0)


def _first_page(path: Path) -> bytes:
    with path.open("rb", buffering=0) as stream:
        return stream.read(_PAGE)
