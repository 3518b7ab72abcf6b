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
    | {"gfs2", "ocfs2", "beegfs", "gpfs", "orangefs", "coda"}
    # A folder of the computer around a virtual one.
    | {"9p", "vboxsf", "virtiofs", "vmhgfs", "prl_fs"}
)
# What a program behind "fuse." keeps may be anywhere. These lie on a disk of this computer.
OF_A_PROGRAM = "fuse."
LOCAL_PROGRAMS = frozenset(
    {"ntfs-3g", "ntfs", "exfat", "exfat-fuse", "apfs-fuse", "encfs", "gocryptfs", "cryfs", "veracrypt"}
    | {"securefs", "bindfs", "dislocker", "mergerfs", "lxcfs"}
)
# Folders that a program copies away while the study is being written.
SYNCHRONISED = (
    *("onedrive", "dropbox", "nutstore", "坚果云", "icloud", "google drive", "googledrive", "百度网盘"),
    *("baidunetdisk", "baidu netdisk", "box sync", "seafile", "nextcloud", "owncloud", "syncthing"),
    # The folder under which macOS keeps iCloud, and that of WPS.
    *("com~apple~clouddocs", "mobile documents", "wps云盘", "wps云文档", "wpsdrive", "cloudstorage"),
    *("synologydrive", "synology drive", "cloudstation", "qsync", "pcloud", "megasync", "yandex.disk"),
    *("阿里云盘", "aliyundrive", "微云", "weiyun", "天翼云盘", "ecloud", "夸克网盘", "115云盘", "115生活"),
    *("和彩云", "迅雷云盘", "联想云盘", "华为云盘", "360云盘", "123云盘"),
)
# Names too short to be looked for within another.
SYNCHRONISED_AS = frozenset({"mega", "box", "sync"})
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
    return next((part for part in path.parts if _is_synchronised(part.casefold())), "")


def _is_synchronised(part: str) -> bool:
    return part in SYNCHRONISED_AS or any(word in part for word in SYNCHRONISED)


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
    if is_elsewhere(file_system(whole, _mounts() if mounts is None else mounts)):
        raise StorageFailed("place.network", path=str(path))


def is_elsewhere(kind: str) -> bool:
    """Tell whether a kind of file system is kept by another computer, or by a program that may do so."""
    if kind.startswith(OF_A_PROGRAM):
        return kind.removeprefix(OF_A_PROGRAM) not in LOCAL_PROGRAMS
    return kind in NETWORK


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
    by its length and its first page, which each commit of ours enciphers anew: no copy made before has it.
    A time of its last change that is not ours says no more than that the file must be looked into.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        # Held until the end: closing any handle on a file gives up every POSIX lock this process has on it.
        self._handle = _opened(path) if _KEEPS_TIMES else None
        self._known = _number(path)
        self._left, self._changed = _content(path, self._handle), _time(path)

    def still(self) -> bool:
        """Tell whether the same file still stands under the name, and nobody else has written it."""
        return self.is_same() and _time(self._path) == self._changed

    def is_same(self) -> bool:
        """Tell whether length and first page are ours, whatever the time of the last change says."""
        return (
            self._known is not None
            and _number(self._path) == self._known
            and _content(self._path, self._handle) == self._left
        )

    def written(self) -> None:
        """Take what stands there as left by our own write; another file never."""
        if _number(self._path) == self._known:
            self._left, self._changed = _content(self._path, self._handle), _time(self._path)

    def close(self) -> None:
        """Give up the handle, when the connection is closed and not before."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


# Windows writes the time of a file that is open only when it likes, and a handle more keeps nobody's lock.
_KEEPS_TIMES = sys.platform != "win32"
_PAGE = 4096


def _opened(path: Path) -> int | None:
    try:
        return os.open(path, os.O_RDONLY)
    except OSError:
        return None


def _number(path: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _time(path: Path) -> int:
    try:
        return os.stat(path).st_mtime_ns if _KEEPS_TIMES else 0
    except OSError:
        return 0


def _content(path: Path, handle: int | None) -> tuple[int, bytes]:
    """Return the length and the first page, through the handle where one is held."""
    try:
        if handle is None:
            with path.open("rb", buffering=0) as stream:
                return os.fstat(stream.fileno()).st_size, stream.read(_PAGE)
        # `pread` is not on Windows, where no handle is held.
        return os.fstat(handle).st_size, os.pread(handle, _PAGE, 0)  # type: ignore[attr-defined,unused-ignore]
    except OSError:
        return 0, b""
