"""The key page of a recovery key, from what is known before anybody is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sle_desk
from sle_desk.base.fonts import font_files
from sle_desk.base.language import Language, Words
from sle_desk.services import recovery
from sle_desk.services.desk import Head

FORM_VERSION = "1"


@dataclass(frozen=True)
class PaperFacts:
    """What the page names beside the key; `head` is None while there is no study yet."""

    title: Words
    numbers: tuple[str, ...]
    protocol: str
    folder: str
    made_by: str
    page: str
    head: Head | None = None
    demonstration: bool = False


def key_page(key: str, facts: PaperFacts, copy: int, now: datetime, language: Language) -> bytes:
    """Return the key page as PDF. The bytes hold the key: they go where the person says and nowhere else."""
    # Imported here: drawing paper takes longer to load than a window to open.
    from sle_desk.exports.pdf.key_page import KeyPage, key_page_pdf
    from sle_desk.exports.pdf.stamp import Stamp, StudyName

    stamp = Stamp(
        report_number=facts.page,
        print_number=copy,
        audit_number=facts.head.number if facts.head else None,
        audit_code=facts.head.code if facts.head else "",
        printed_at=now,
        printed_by=facts.made_by,
        data_as_of=now,
        protocol=facts.protocol,
        form_version=FORM_VERSION,
        application=f"sle_desk {sle_desk.__version__}",
        demonstration=facts.demonstration,
    )
    page = KeyPage(
        study=StudyName(facts.title, " · ".join(facts.numbers)),
        study_number=facts.numbers[-1],
        folder=facts.folder,
        made_at=now,
        made_by=facts.made_by,
        groups=recovery.groups(key),
    )
    return key_page_pdf(page, language, stamp, font_files())
