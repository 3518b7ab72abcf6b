"""SQLite's dialect for every study file of a run: a statement is compiled once, not again at each sign-in."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

URL = "sqlite+study://"
# More than the statements of a day at the desk; what is not asked for long is forgotten.
MOST = 1500
# What `create_engine` takes as its options of execution.
COMPILED_ONCE: dict[str, Any] = {"compiled_cache": LRUCache(MOST)}


class StudyDialect(SQLiteDialect_pysqlite):
    """The dialect of one driver: what is compiled for one file is compiled for any other."""

    driver = "study"
    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    def __hash__(self) -> int:
        return hash(type(self))


registry.register("sqlite.study", __name__, StudyDialect.__name__)
