"""The order in which a printed visit worksheet lists what is typed afterwards, read from its content."""

from __future__ import annotations

from collections.abc import Iterator

from sle_desk.base.language import Words
from sle_desk.domain.protocol import Protocol
from sle_desk.exports.pdf.worksheet_content import Doctor, Questions, Samples, Worksheet
from sle_desk.services.withdrawals import SAMPLES_FORM

# Forms whose fields stand on the sheet one by one.
FIELD_BY_FIELD = ("pga", "vitals")


def entry_order(sheet: Worksheet, protocol: Protocol, visit: str) -> list[str]:
    """Return the forms and panels of a visit in the order in which its worksheet lists them."""
    planned = protocol.visit(visit)
    places = {protocol.form(code).label.en: code for code in planned.forms}
    places |= {protocol.laboratory.panel(code).label.en: code for code in planned.panels}
    for code in FIELD_BY_FIELD:
        if code in planned.forms:
            places |= {field.label.en: code for field in protocol.form(code).fields()}
    found = (
        places.get(printed.en.partition(" (")[0]) or places.get(printed.en) for printed in _printed(sheet)
    )
    listed = list(dict.fromkeys(code for code in found if code is not None))
    if SAMPLES_FORM in planned.forms:
        # When, by whom and how many tubes is asked below the tubes.
        last = max(place for place, code in enumerate(listed) if code in planned.panels)
        listed.insert(last + 1, SAMPLES_FORM)
    return listed


def _printed(sheet: Worksheet) -> Iterator[Words]:
    for part in sheet.parts:
        if isinstance(part, Questions):
            yield from (asked.label for row in part.rows for asked in row)
        elif isinstance(part, Samples):
            yield from (tube.label for tube in part.tubes)
        elif isinstance(part, Doctor):
            yield from part.ticks
