"""A consistent copy of the study for slow work: exports and papers read it, the desk goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2 as driver

from sle_desk.base.private import private_folder
from sle_desk.domain.protocol import Protocol
from sle_desk.models.store import dialect
from sle_desk.models.store.database import connect
from sle_desk.services.desk import Desk, Head


@dataclass(frozen=True)
class Snapshot:
    """One state of the study: its rows, its package, its audit head and its instant."""

    session: Session
    protocol: Protocol
    head: Head
    as_of: datetime


@contextmanager
def snapshot(desk: Desk) -> Iterator[Snapshot]:
    """Copy the study into a private temporary folder under the same key, and open the copy to read."""
    with private_folder() as private:
        path = private / "copy.sled"
        as_of = desk.now()
        desk.snapshot(path)
        engine = create_engine(
            dialect.URL,
            module=driver,
            execution_options=dialect.COMPILED_ONCE,
            creator=lambda: connect(path, desk.database.data_key),
            poolclass=QueuePool,
            pool_size=1,
            max_overflow=0,
        )
        try:
            with Session(engine) as session:
                row = session.connection().exec_driver_sql(
                    "SELECT number, link FROM audit ORDER BY number DESC LIMIT 1"
                )
                number, link = row.one()
                yield Snapshot(session, desk.protocol, Head(number, link), as_of)
        finally:
            engine.dispose()
