"""An amendment package as hospital staff carry it: one zip file, opened with care, never unpacked to disk."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sle_desk.base.errors import PackageFaulty, RuleBroken
from sle_desk.domain.protocol_file import PROTOCOL_FILE
from sle_desk.domain.sealing import sha256
from sle_desk.domain.values import check_text

MEBIBYTE = 1024 * 1024
# A package of a whole trial is half a mebibyte in some fifty files.
LARGEST, MOST_FILES, LARGEST_OPEN, LARGEST_FILE, MOST_TIMES = (
    4 * MEBIBYTE,
    200,
    8 * MEBIBYTE,
    2 * MEBIBYTE,
    60,
)
LONGEST_NAME = 120
_ENCRYPTED = 0x1
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, RuntimeError, OSError)


@dataclass(frozen=True)
class Carried:
    """What a file holds: the package's files by name, and the hash of the file itself."""

    name: str
    sha256: str
    files: dict[str, str]


def read_carried(path: Path) -> Carried:
    """Return the package in a zip file; refuse what is none, too large, or packed to burst."""
    try:
        if path.stat().st_size > LARGEST:
            raise RuleBroken("amendment.too_large", allowed=LARGEST // MEBIBYTE)
        with path.open("rb") as source:
            raw = source.read(LARGEST + 1)
    except OSError as error:
        raise RuleBroken("amendment.unreadable", file=path.name) from error
    if len(raw) > LARGEST:
        raise RuleBroken("amendment.too_large", allowed=LARGEST // MEBIBYTE)
    return Carried(_shown(path.name), sha256(raw), opened(raw))


def opened(raw: bytes) -> dict[str, str]:
    """Return the files of a package by their names in it, whether or not they stand in one folder."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            members = [each for each in packed.infolist() if not each.is_dir()]
            _check_members(members)
            contents = _read(packed, members)
    except _FAULTS as error:
        raise RuleBroken("amendment.not_a_zip") from error
    return {name: _text(name, content) for name, content in _without_folder(contents).items()}


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MOST_FILES:
        raise RuleBroken("amendment.too_many_files", found=len(members), allowed=MOST_FILES)
    if sum(each.file_size for each in members) > LARGEST_OPEN:
        raise RuleBroken("amendment.too_large", allowed=LARGEST_OPEN // MEBIBYTE)
    names: set[str] = set()
    for each in members:
        _check_name(each.filename)
        if each.flag_bits & _ENCRYPTED or each.compress_type not in _PACKED:
            raise RuleBroken("amendment.member", file=_shown(each.filename))
        if each.file_size > LARGEST_FILE or each.file_size > MOST_TIMES * max(each.compress_size, 1):
            raise RuleBroken("amendment.member", file=_shown(each.filename))
        if each.filename.casefold() in names:
            raise PackageFaulty(
                "package.twice", file=_shown(each.filename), key="", found=_shown(each.filename)
            )
        names.add(each.filename.casefold())


def _check_name(name: str) -> None:
    parts = PurePosixPath(name).parts
    inside = bool(parts) and not name.startswith("/") and ".." not in parts and ":" not in name
    if not inside or "\\" in name or len(name) > LONGEST_NAME or _shown(name) != name:
        raise RuleBroken("amendment.member", file=_shown(name))


def _shown(name: str) -> str:
    """Return a name as it can be said: no character in it that nobody sees."""
    return "".join(each if each.isprintable() else "?" for each in name[:LONGEST_NAME])


def _read(packed: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    """Return what the members hold; what the file says of their size is not believed."""
    found: dict[str, bytes] = {}
    total = 0
    for each in members:
        with packed.open(each) as source:
            content = source.read(LARGEST_FILE + 1)
        total += len(content)
        if len(content) > LARGEST_FILE or total > LARGEST_OPEN:
            raise RuleBroken("amendment.member", file=_shown(each.filename))
        found[each.filename] = content
    return found


def _without_folder(contents: dict[str, bytes]) -> dict[str, bytes]:
    """Return the files named from the folder in which the package's first file stands."""
    homes = [PurePosixPath(name).parent for name in contents if PurePosixPath(name).name == PROTOCOL_FILE]
    if len(homes) != 1:
        raise PackageFaulty("package.missing_file", file=PROTOCOL_FILE, key="")
    prefix = "" if homes[0] == PurePosixPath(".") else f"{homes[0].as_posix()}/"
    for name in contents:
        if not name.startswith(prefix):
            raise PackageFaulty("package.unknown_file", file=name, key="")
    return {name.removeprefix(prefix): content for name, content in contents.items()}


def _text(name: str, content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise PackageFaulty("package.not_text", file=name, key=f"byte {error.start}") from error


def check_words(file: str, key: str, content: object) -> None:
    """Refuse words of a package that hold a character nobody sees: it would stand in forms and on paper."""
    if isinstance(content, str):
        try:
            check_text(content)
        except RuleBroken as error:
            raise PackageFaulty("amendment.character", file=file, key=key, **error.facts) from error
    elif isinstance(content, dict):
        for name, each in content.items():
            check_words(file, f"{key}.{name}" if key else str(name), each)
    elif isinstance(content, list):
        for place, each in enumerate(content):
            check_words(file, f"{key}[{place}]", each)
