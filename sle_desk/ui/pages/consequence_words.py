"""What a decision would change today, in sentences: who is judged otherwise, which dates, whose doses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from sle_desk.base.language import Language, message
from sle_desk.base.words import sentence
from sle_desk.domain.dose_by_weight import DoseSum
from sle_desk.domain.dosing import ProposedDeviation
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.said import finding_words
from sle_desk.domain.values import plain
from sle_desk.exports.eligibility_words import ANSWERS, VERDICTS, number_words
from sle_desk.exports.wording import COLON, ENUMERATED
from sle_desk.services.consequence_plans import (
    AGAIN,
    REPORT,
    VISITS,
    WEIGH,
    Amounts,
    Compared,
    Dates,
    Day,
    Findings,
    Flags,
)
from sle_desk.services.consequence_subjects import (
    BY_A_PERSON,
    LACKING,
    NOT_JUDGED,
    NOT_THERE,
    WAITS,
    Conditions,
    LeafChange,
    LeafChanges,
)
from sle_desk.services.consequences import Consequence, Consequences, Enrolled
from sle_desk.services.dose_log import HIGH, LOW
from sle_desk.ui.dose_words import drug_words
from sle_desk.ui.wording import visit_words

STANDS = {
    **ANSWERS,
    WAITS: message("waits"),
    NOT_JUDGED: message("not judged"),
    LACKING: message("evidence missing"),
    BY_A_PERSON: message("a person judges"),
    NOT_THERE: message("no criterion"),
}
MARKS = {
    LOW: message("low"),
    HIGH: message("high"),
    AGAIN: message("weigh again"),
    "clock": message("in time"),
    "clock_late": message("too late"),
    "": message("no mark"),
}
# More lines than these are counted and not shown.
MOST = 12
AND = message("; ")


def consequence_lines(
    protocol: Protocol, found: Consequences, language: Language
) -> tuple[tuple[str, ...], str]:
    """Return the lines that tell what would change, and the status they are shown in."""
    if not found.reaches:
        said = language.text(
            "Cannot be computed: no rule of the program reads this. People act on its words."
        )
        return (said,), "text_2"
    if not found.found:
        return (language.text("Changes nothing for anybody today"),), "text_2"
    lines = [*_leaves(found.found, language)]
    for each in found.found:
        if not isinstance(each, LeafChanges):
            lines.append(_SAID[type(each)](protocol, each, language))
    more = len(lines) - MOST
    if more > 0:
        lines = [*lines[:MOST], language.text("and {count} more", count=more)]
    return tuple(lines), "bad" if found.excludes else "warn"


def _leaves(found: Iterable[Consequence], language: Language) -> list[str]:
    """Return one line for all subjects whose leaves change alike, those who are excluded first."""
    alike: dict[object, list[LeafChanges]] = {}
    for each in found:
        if isinstance(each, LeafChanges):
            alike.setdefault((each.leaves, each.was, each.becomes, each.signed), []).append(each)
    return [_alike(group, language) for group in alike.values()]


def _alike(group: Sequence[LeafChanges], language: Language) -> str:
    first = group[0]
    codes = language.words(ENUMERATED).join(each.whose.code for each in group)
    leaves = _join((_leaf(each, language) for each in first.leaves), language)
    if first.signed:
        signed = language.text(VERDICTS[first.signed])
        return language.text(
            "{subjects}, signed as “{verdict}”: that stays, and no decision cures or undoes it. "
            "By this reading {leaves}",
            subjects=codes,
            verdict=signed,
            leaves=leaves,
        )
    said = language.text("{subjects}: {leaves}", subjects=codes, leaves=leaves) if leaves else codes
    if first.excluding:
        said = language.text("Would exclude {what}", what=said)
    if first.was == first.becomes:
        return said
    was, becomes = language.text(VERDICTS[first.was]), language.text(VERDICTS[first.becomes])
    return language.text("{what}; verdict {was} → {becomes}", what=said, was=was, becomes=becomes)


def _leaf(change: LeafChange, language: Language) -> str:
    was, becomes = language.text(STANDS[change.was]), language.text(STANDS[change.becomes])
    return f"{number_words(change.leaf)} {was} → {becomes}"


def _join(parts: Iterable[str], language: Language) -> str:
    return language.text(AND).join(part for part in parts if part)


def _conditions(protocol: Protocol, each: Conditions, language: Language) -> str:
    lacking = " ".join(sentence(gap.code, gap.facts, language) for gap in each.lacking)
    there = " ".join(sentence(gap.code, gap.facts, language) for gap in each.there)
    code = each.whose.code
    parts = [
        language.text("{subject} could not be randomised: {gaps}", subject=code, gaps=lacking)
        if lacking
        else "",
        language.text("{subject}, no longer: {gaps}", subject=code, gaps=there) if there else "",
    ]
    return _join(parts, language)


def _dates(protocol: Protocol, each: Dates, language: Language) -> str:
    text = language.text
    part = text("visits") if each.part == VISITS else drug_words(protocol, each.part, language)
    said = []
    if each.moved:
        moved = language.words(ENUMERATED).join(
            f"{_what(protocol, each, one.what, language)} {one.was.isoformat()} → {one.becomes.isoformat()}"
            for one in each.moved[:3]
        )
        more = text(" and {count} more", count=len(each.moved) - 3) if len(each.moved) > 3 else ""
        said.append(text("dates that move: {count} ({dates})", count=len(each.moved), dates=f"{moved}{more}"))
    if each.added:
        first, last = _ends(each.added)
        said.append(
            text("dates added: {count}, {first} to {last}", count=len(each.added), first=first, last=last)
        )
    if each.dropped:
        first, last = _ends(each.dropped)
        said.append(
            text(
                "dates that fall away: {count}, {first} to {last}",
                count=len(each.dropped),
                first=first,
                last=last,
            )
        )
    if each.windows:
        said.append(text("windows that become wider or narrower: {count}", count=each.windows))
    if each.diaries:
        said.append(text("diaries due on another day: {count}", count=each.diaries))
    return text(
        "{subject}, {part}: {changes}. Past dates stay.",
        subject=each.whose.code,
        part=part,
        changes=_join(said, language),
    )


def _ends(planned: Sequence[Day]) -> tuple[str, str]:
    days = [each.on_day for each in planned]
    return min(days).isoformat(), max(days).isoformat()


def _what(protocol: Protocol, each: Dates, what: str, language: Language) -> str:
    return visit_words(protocol, what, language) if each.part == VISITS else f"#{what}"


def _amounts(protocol: Protocol, each: Amounts, language: Language) -> str:
    drug = drug_words(protocol, each.drug, language)
    if each.vials_become is not None or each.vials_were is not None:
        return language.text(
            "{subject}, {drug}: vials for a dose {was} → {becomes}",
            subject=each.whose.code,
            drug=drug,
            was="–" if each.vials_were is None else each.vials_were,
            becomes="–" if each.vials_become is None else each.vials_become,
        )
    assert each.weight is not None
    return language.text(
        "{subject}, {drug} on {kg} kg: {was} → {becomes}",
        subject=each.whose.code,
        drug=drug,
        kg=plain(each.weight),
        was=_sum(each.was),
        becomes=_sum(each.becomes),
    )


def _sum(found: DoseSum | None) -> str:
    if found is None:
        return "–"
    vials = " + ".join(f"{count} × {plain(strength)}" for strength, count in found.vials.least_waste.counts)
    return f"{plain(found.prescribed.dose)} mg ({vials} mg)"


def _compared(protocol: Protocol, each: Compared, language: Language) -> str:
    return language.text(
        "{subject}, {drug}: this rule would ask about {becomes} recorded doses, the one in force asks about "
        "{was}. They keep the rule of their own day",
        subject=each.whose.code,
        drug=drug_words(protocol, each.drug, language),
        was=each.was,
        becomes=each.becomes,
    )


def _flags(protocol: Protocol, each: Flags, language: Language) -> str:
    text = language.text
    named = {WEIGH: text("last weight"), REPORT: text("report of a serious event")}
    what = named.get(each.what) or " ".join((drug_words(protocol, each.what, language), each.stage)).strip()
    return text(
        "{subject}, {what}: {was} → {becomes}",
        subject=each.whose.code,
        what=what,
        was=text(MARKS[each.was]),
        becomes=text(MARKS[each.becomes]),
    )


def _findings(protocol: Protocol, each: Findings, language: Language) -> str:
    def said(found: Iterable[ProposedDeviation]) -> str:
        return " ".join(
            dict.fromkeys(language.words(finding_words(protocol, one.code, one.facts)) for one in found)
        )

    parts = []
    if each.proposed:
        parts.append(language.text("proposes at once: {deviations}", deviations=said(each.proposed)))
    if each.taken_back:
        parts.append(language.text("takes back: {deviations}", deviations=said(each.taken_back)))
    return language.words(COLON).join((each.whose.code, _join(parts, language)))


def _enrolled(protocol: Protocol, each: Enrolled, language: Language) -> str:
    text = language.text
    said = [
        text(
            "{randomised} are randomised; of {was} → of {becomes}",
            randomised=each.randomised,
            was="–" if each.was is None else each.was,
            becomes="–" if each.becomes is None else each.becomes,
        )
    ]
    if each.becomes is not None and each.randomised > each.becomes:
        said.append(text("more than that are randomised already"))
    if each.list_size is not None and each.list_size != each.becomes:
        said.append(text("the list that is loaded has {size} rows", size=each.list_size))
    return _join(said, language)


_SAID: Mapping[type, Callable[..., str]] = {
    Conditions: _conditions,
    Dates: _dates,
    Amounts: _amounts,
    Compared: _compared,
    Flags: _flags,
    Findings: _findings,
    Enrolled: _enrolled,
}
