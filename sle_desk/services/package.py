"""The protocol package: read from the installation once, afterwards only from the study itself."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from sle_desk.base.errors import PackageFaulty, StorageFailed
from sle_desk.base.paths import resource
from sle_desk.domain.amendments import APPROVED
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.protocol_file import parse
from sle_desk.domain.sealing import content_hash, sha256
from sle_desk.models.protocol import ProtocolAmendment, ProtocolFile

if TYPE_CHECKING:
    from sle_desk.services.desk import Desk

PACKAGE = "nct05262686"


@dataclass(frozen=True)
class StoredFile:
    """One file of the package as the study keeps it: name, version of the package, SHA-256."""

    name: str
    version: str
    sha256: str


def installed_files(package: str = PACKAGE) -> dict[str, str]:
    """Return the files of an installed package: relative name to text, exactly as on disk."""
    root = resource("protocol", package)
    paths = sorted(path for path in root.rglob("*") if path.suffix in (".toml", ".txt"))
    return {path.relative_to(root).as_posix(): path.read_bytes().decode("utf-8") for path in paths}


def read_package(files: dict[str, str]) -> Protocol:
    """Return the protocol of a package's files; PackageFaulty names file, key and reason."""
    return _read(tuple(sorted(files.items())))


def read_ahead() -> None:
    """Read the installed package: signing in to a study made from the same words reads nothing again."""
    try:
        read_package(installed_files())
    except (PackageFaulty, OSError, UnicodeDecodeError):
        # The study carries its own package; a damaged installation is told where somebody asks for it.
        return


@lru_cache(maxsize=8)
def _read(files: tuple[tuple[str, str], ...]) -> Protocol:
    # The same words are read once: every sign-in asks for them, and a protocol never changes.
    parsed: dict[str, object] = {}
    for name, text in files:
        if not name.endswith(".toml"):
            parsed[name] = text
            continue
        try:
            parsed[name] = tomllib.loads(text)
        except (ValueError, RecursionError) as error:
            raise PackageFaulty("package.not_toml", file=name, key="", found=str(error)) from error
    return parse(parsed)


def package_hash(files: dict[str, str]) -> str:
    """Return the hash that binds a study to its package: over every file's name and content."""
    return content_hash({name: sha256(text.encode("utf-8")) for name, text in files.items()})


def stored_files(session: Session, amendment_id: int | None = None) -> dict[str, str]:
    """Return the files of a package kept in the study: of an amendment, or those it was made with."""
    return {row.name: row.content for row in session.scalars(_files(amendment_id))}


def _files(amendment_id: int | None) -> Select[ProtocolFile]:
    of = ProtocolFile.amendment_id
    chosen = of.is_(None) if amendment_id is None else of == amendment_id
    return select(ProtocolFile).where(chosen).order_by(ProtocolFile.name)


def approved_amendments(session: Session) -> tuple[ProtocolAmendment, ...]:
    """Return the amendments that were approved, in the order in which they take effect."""
    rows = session.scalars(
        select(ProtocolAmendment)
        .where(ProtocolAmendment.state == APPROVED)
        .order_by(ProtocolAmendment.effective_from, ProtocolAmendment.id)
    )
    return tuple(rows)


def own_protocol(session: Session) -> Protocol:
    """Return the newest approved version of the study's protocol with those before it.

    StorageFailed when the files of an amendment are not those that were approved.
    """
    protocol = first_protocol(session)
    for row in approved_amendments(session):
        assert row.effective_from is not None
        protocol = amended_by(session, row).after(protocol, row.effective_from)
    return protocol


def first_protocol(session: Session) -> Protocol:
    """Return the version that the study was made with."""
    return read_package(stored_files(session))


def amended_by(session: Session, row: ProtocolAmendment) -> Protocol:
    """Return the package that an amendment brought, once its files are those that came with it."""
    files = stored_files(session, row.id)
    if package_hash(files) != row.package_sha256:
        raise StorageFailed("amendment.altered", version=row.package_version)
    return read_package(files)


def stored_package(desk: Desk) -> tuple[StoredFile, ...]:
    """Return the files of the version in force that is kept in the study, by name."""
    version = desk.protocol.version
    with desk.view() as session:
        brought = [row.id for row in approved_amendments(session) if row.package_version == version]
        rows = session.scalars(_files(brought[0] if brought else None))
        return tuple(StoredFile(row.name, row.package_version, row.sha256) for row in rows)
