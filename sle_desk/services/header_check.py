"""What was verified of a study against what its key file says of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sle_desk.models.store import verification
from sle_desk.models.store.key_file import Header
from sle_desk.models.store.verification import Verified
from sle_desk.services.live_study import link_at


def against_header(verified: Verified, header: Header, cursor: Any) -> Verified:
    """Compare what was verified with what the key file says of the study."""
    if not verified.holds:
        return verified
    faults: list[verification.Fault] = []
    if verified.study_id != header.study_id:
        faults.append(verification.Fault("keys.other_study", {"found": header.study_id[:8]}))
    elif verified.number < header.last_number:
        facts: dict[str, object] = {"found": verified.number, "header": header.last_number}
        faults.append(verification.Fault("file.went_back", facts))
    elif header.last_link and link_at(cursor, header.last_number) != header.last_link:
        faults.append(verification.Fault("study.parted", {"number": header.last_number}))
    return replace(verified, faults=tuple(faults))
