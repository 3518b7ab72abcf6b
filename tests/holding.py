"""Another program that holds a study file: a process of its own, since none is locked out by itself."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HOLDER = """
import sys
from sqlcipher3 import dbapi2 as driver
path, key, *statements = sys.stdin.readline().rstrip().split("|")
connection = driver.connect(path, isolation_level=None)
for statement in (f'''PRAGMA key = "x'{key}'"''', *statements):
    connection.execute(statement).fetchall()
print("held", flush=True)
sys.stdin.readline()
"""
READING = ("BEGIN", "SELECT count(*) FROM audit")


@contextmanager
def held(path: Path, key: bytes, *statements: str) -> Iterator[None]:
    """Let another program hold the study file meanwhile."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdin is not None and holder.stdout is not None
    try:
        holder.stdin.write("|".join((str(path), key.hex(), *statements)) + "\n")
        holder.stdin.flush()
        assert holder.stdout.readline() == "held\n"
        yield
    finally:
        holder.communicate("\n")
