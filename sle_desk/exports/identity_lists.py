"""Printing the identity list: the PI alone, after the password, never drawn again and never previewed."""

from __future__ import annotations

from dataclasses import replace

from sle_desk.base.fonts import font_files
from sle_desk.base.language import Language, message
from sle_desk.exports.pdf.screening_lists import identity_list_pdf
from sle_desk.exports.printing import Printed, stamp_of
from sle_desk.exports.screening_logs import identity_list
from sle_desk.models.store.folder import StudyFolder
from sle_desk.services import papers
from sle_desk.services.desk import Desk
from sle_desk.services.papers import NewPaper
from sle_desk.services.printables import IDENTITY
from sle_desk.services.signatures import Signing, confirm_password
from sle_desk.services.snapshots import snapshot

PRINT = "identity_list.print"
STATEMENT = message("I print the names of everybody in this study, and keep the paper under lock.")


def signing_for(language: str, password: str) -> Signing:
    """Return what the PI confirms before names are printed."""
    return Signing(PRINT, Language(language).text(STATEMENT), language, password)


def print_identity_list(desk: Desk, folder: StudyFolder, language: Language, signing: Signing) -> Printed:
    """Return the identity list as PDF once the PI confirmed it; it is noted, and kept nowhere.

    What is noted of it holds no name: neither its content nor a way to try names against a hash of them.
    """
    desk.require(PRINT)
    confirm_password(desk, folder, signing)
    with snapshot(desk) as copy:
        content = identity_list(copy)
        new = NewPaper(IDENTITY, language.code, content.versions, action=PRINT)
        numbered = replace(papers.number_paper(desk, new), head=copy.head, printed_at=copy.as_of)
        stamp = stamp_of(desk, copy, f"v{copy.protocol.version}", numbered)
        drawn = identity_list_pdf(content, language, stamp, font_files())
    paper_id = papers.record_paper(desk, new, numbered, b"")
    return Printed(paper_id, numbered, drawn)
