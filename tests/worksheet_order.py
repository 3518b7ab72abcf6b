"""The order in which a printed visit worksheet lists what is typed afterwards, read from its content."""

from __future__ import annotations

from collections.abc import Iterator

from sle_desk.domain.protocol import Protocol
from sle_desk.exports.pdf.worksheet_content import Ask, Entries, Questions, Samples, Worksheet


def entry_order(sheet: Worksheet, protocol: Protocol, visit: str) -> list[str]:
    """Return the forms and panels of a visit in the order in which its worksheet lists them."""
    planned = protocol.visit(visit)
    places = {protocol.form(code).label.en: code for code in planned.forms}
    for code in planned.forms:
        fields = tuple(protocol.form(code).fields())
        if len(fields) == 1:
            # A form of one question stands there by its question.
            places[fields[0].label.en.partition(" (")[0]] = code
    places |= {protocol.laboratory.panel(code).label.en: code for code in planned.panels}
    found = (places.get(words) or places.get(words.partition(" (")[0]) for words in _printed(sheet))
    return list(dict.fromkeys(code for code in found if code is not None))


def asked_order(sheet: Worksheet) -> list[str]:
    """Return the questions of a worksheet in their printed order: those of the visit, then of new entries."""
    asked: list[Ask] = []
    for part in sheet.parts:
        if isinstance(part, Questions):
            asked += (one for row in part.rows for one in row)
        elif isinstance(part, Entries):
            asked += part.asks
    return [one.label.en for one in asked]


def _printed(sheet: Worksheet) -> Iterator[str]:
    for part in sheet.parts:
        if isinstance(part, Questions):
            for asked in (asked for row in part.rows for asked in row):
                yield (asked.heading or asked.label).en
        elif isinstance(part, Samples):
            yield from (tube.label.en for tube in part.tubes)
