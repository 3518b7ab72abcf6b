"""What left the program or stands in its file, as text: what a canary must not be found in."""

from __future__ import annotations

import json
from pathlib import Path
from zipfile import ZipFile

import pypdf
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from sqlalchemy import text

from sle_desk.models.tables import METADATA
from sle_desk.services.desk import Desk

# What the package, and the readings of it that a test of eligibility freezes, say of arms is public.
PUBLIC = frozenset({"protocol_file"})
# The arms of one drug are named as the drug is; the arm of both is the canary.
ARM_WORDS = ("BELIL2", "BEL + IL-2", "plus low-dose")

# Of a page of the study file: its size, what follows its content, and the vector at the start of that.
PAGE, RESERVED, VECTOR = 4096, 80, 16


def words_of(path: Path) -> str:
    """Return all text that a PDF or a workbook holds, properties too."""
    if path.suffix == ".pdf":
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
    with ZipFile(path) as parts:
        return "\n".join(parts.read(name).decode("utf-8", "ignore") for name in parts.namelist())


def dump(desk: Desk) -> dict[str, list[dict[str, object]]]:
    """Return every row of every table, decrypted, but the package's own text."""
    with desk.view() as session:
        return {
            name: [dict(row._mapping) for row in session.execute(text(f'SELECT * FROM "{name}" ORDER BY id'))]
            for name in METADATA.tables
            if name not in (*PUBLIC, "audit")
        } | {
            "audit": [
                dict(row._mapping)
                for row in session.execute(
                    text("SELECT * FROM audit WHERE table_name <> 'protocol_file' ORDER BY number")
                )
            ]
        }


def arms_told(desk: Desk) -> list[str]:
    """Return the words of the canary's arm that the decrypted file holds outside the package."""
    found = json.dumps(dump(desk), default=str, ensure_ascii=False)
    return [word for word in ARM_WORDS if word in found]


def clear_pages(path: Path, data_key: bytes) -> bytes:
    """Return the pages of a study file in clear, the free ones and what is left in them too."""
    content = path.read_bytes()
    clear = []
    for start in range(0, len(content), PAGE):
        page = content[start : start + PAGE]
        vector = page[PAGE - RESERVED : PAGE - RESERVED + VECTOR]
        # The first page begins with the salt in clear.
        sealed = page[16 if start == 0 else 0 : PAGE - RESERVED]
        opener = Cipher(algorithms.AES(data_key), modes.CBC(vector)).decryptor()
        clear.append(opener.update(sealed) + opener.finalize())
    return b"".join(clear)
