"""Leave sle_desk: a study or a backup as plain SQLite and CSV, with a password and without the application.

    python3 -m pip install argon2-cffi cryptography sqlcipher3
    python3 exit_path.py FOLDER_OR_BACKUP USER TARGET

FOLDER_OR_BACKUP is a study folder that nobody has open, or a .slebak file. USER is a user name of the study;
the password is asked for. TARGET is a new folder: it gets study.sqlite, one CSV file for each table, and
must be kept as safe as the study was, since nothing in it is encrypted.

docs/exit_path.md describes the files, so that this can be written again in any language.
"""

from __future__ import annotations

import base64
import csv
import getpass
import json
import os
import shutil
import sqlite3
import sys
import tempfile
import unicodedata
import zipfile
from pathlib import Path
from typing import Any

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlcipher3 import dbapi2 as sqlcipher

KEY_BYTES, NONCE_BYTES = 32, 12
PARTS = ("study.sled", "study.keys")


def data_keys(keys: dict[str, Any], user: str, password: str) -> list[bytes]:
    """Return the keys that the study file may be under: two while a change of the key was broken off."""
    owner = f"user:{user.strip().lower()}"
    slots = [*keys["slots"], *((keys.get("coming") or {}).get("slots") or ())]
    found = [slot for slot in slots if slot["owner"] == owner]
    if not found:
        raise SystemExit(f"There is no user {user} in study.keys.")
    opened = [opened_slot(keys["header"]["study_id"], slot, password) for slot in found]
    if not any(opened):
        raise SystemExit("The password is not right.")
    return [key for key in opened if key]


def opened_slot(study: str, slot: dict[str, Any], password: str) -> bytes | None:
    """Return the key of the study file from a slot and its password; None where it is not right."""
    kek = hash_secret_raw(
        unicodedata.normalize("NFKC", password).encode("utf-8"),
        base64.b64decode(slot["salt"]),
        time_cost=slot["passes"],
        memory_cost=slot["memory_kib"],
        parallelism=slot["lanes"],
        hash_len=KEY_BYTES,
        type=Type.ID,
    )
    names = ("memory_kib", "passes", "lanes", "public")
    bound = json.dumps(
        ["sle_desk/slot/v2", study, slot["owner"], *(slot[name] for name in names)],
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode("utf-8")
    try:
        nonce, content = base64.b64decode(slot["nonce"]), base64.b64decode(slot["wrapped"])
        wrapped = AESGCM(kek).decrypt(nonce, content, bound)
    except InvalidTag:
        return None
    private = X25519PrivateKey.from_private_bytes(wrapped)
    public, sealed = private.public_key().public_bytes_raw(), base64.b64decode(slot["sealed"])
    shown, rest = sealed[:KEY_BYTES], sealed[KEY_BYTES:]
    agreed = private.exchange(X25519PublicKey.from_public_bytes(shown))
    shared = HKDF(SHA256(), KEY_BYTES, shown + public, b"sle_desk/slot-seal/v1").derive(agreed)
    return AESGCM(shared).decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], bound)


def write_plain(study: Path, keys: list[bytes], target: Path) -> Path:
    """Write the study file without its cipher, by the first of the keys that opens it."""
    plain = target / "study.sqlite"
    with tempfile.TemporaryDirectory(dir=target) as private:
        copies = (copied(study, Path(private) / str(number)) for number in range(len(keys)))
        connection = next(filter(None, map(opened, copies, keys)), None)
        if connection is None:
            raise SystemExit("The study file is damaged, or is not the one of this study.keys.")
        os.close(os.open(plain, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        cursor = connection.cursor()
        cursor.execute("ATTACH DATABASE ? AS plain KEY ''", (os.fspath(plain),))
        cursor.execute("SELECT sqlcipher_export('plain')")
        cursor.execute("DETACH DATABASE plain")
        connection.close()
    return plain


def copied(study: Path, place: Path) -> Path:
    """Return a copy of the study file, for one key: only the application opens the study itself."""
    place.mkdir()
    copy = place / "study.sled"
    shutil.copyfile(study, copy)
    journal = study.with_name(f"{study.name}-journal")
    if journal.exists():
        # The application was broken off while it saved: without it what was never saved would come along.
        shutil.copyfile(journal, copy.with_name(f"{copy.name}-journal"))
    return copy


def opened(study: Path, key: bytes) -> Any:
    """Return a connection to the study file under a key, or None where that is not its key."""
    connection = sqlcipher.connect(os.fspath(study), isolation_level=None)
    try:
        connection.execute("PRAGMA cipher_log_level = NONE")
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlcipher.DatabaseError:
        connection.close()
        return None
    return connection


def write_csv(plain: Path, target: Path) -> list[str]:
    """Write each table as CSV, in UTF-8 with its mark for spreadsheets; return their names."""
    connection = sqlite3.connect(plain)
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    names = [row[0] for row in rows if not row[0].startswith("sqlite_")]
    for name in names:
        cursor = connection.execute(f'SELECT * FROM "{name}"')
        written = os.open(target / f"{name}.csv", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(written, "w", encoding="utf-8-sig", newline="") as stream:
            out = csv.writer(stream)
            out.writerow([column[0] for column in cursor.description])
            out.writerows(cursor)
    connection.close()
    return names


def leave(source: Path, user: str, password: str, target: Path) -> list[str]:
    """Write a study folder or a backup as plain SQLite and CSV into a new folder; return the tables."""
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(target.iterdir()):
        raise SystemExit(f"{target} is not empty.")
    with tempfile.TemporaryDirectory(dir=target) as private:
        try:
            if source.is_file():
                with zipfile.ZipFile(source) as archive:
                    for name in PARTS:
                        (Path(private) / name).write_bytes(archive.read(name))
                source = Path(private)
            keys = json.loads((source / "study.keys").read_text(encoding="utf-8"))
            found = data_keys(keys, user, password)
        except (zipfile.BadZipFile, OSError, LookupError, TypeError, ValueError) as error:
            raise SystemExit(f"{source} is no study folder and no backup, or is damaged ({error}).") from None
        plain = write_plain(source / "study.sled", found, target)
    return write_csv(plain, target)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    tables = leave(Path(sys.argv[1]), sys.argv[2], getpass.getpass("Password: "), Path(sys.argv[3]))
    print(f"study.sqlite and {len(tables)} tables as CSV are in {sys.argv[3]}. Nothing there is encrypted.")
