"""The content of the register's log: each clarification and setting, as it stands on the day of the print."""

from __future__ import annotations

from collections.abc import Callable

from sle_desk.base.language import Language, Words, message
from sle_desk.domain.decisions import IN_FORCE
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.sealing import canonical, sha256
from sle_desk.exports import register_words as words
from sle_desk.exports.pdf.register_log import Entry, RegisterLog, SignedDecision
from sle_desk.exports.visit_summaries import study_name
from sle_desk.exports.wording import spoken
from sle_desk.services.clarifications import (
    CLARIFICATION,
    SETTING,
    SUPERSEDED,
    WITHDRAWN,
    DecisionRow,
    RegisterRow,
    register_in,
)
from sle_desk.services.snapshots import Snapshot


def register_log(copy: Snapshot) -> RegisterLog:
    """Return the log of the register in a copy of the study."""
    protocol = copy.protocol
    rows = register_in(copy.session, protocol, copy.as_of.date())
    waiting = sum(map(words.is_open, rows))
    return RegisterLog(
        study=study_name(protocol),
        subject=protocol.registry_ids[0],
        package=spoken(message("Protocol package version {version}"), version=protocol.version),
        registry_hash=protocol.registry.sha256,
        counted=spoken(message("{count} entries, {open} of them open"), count=len(rows), open=waiting),
        clarifications=tuple(_entry(row, protocol) for row in rows if row.kind == CLARIFICATION),
        settings=tuple(_entry(row, protocol) for row in rows if row.kind == SETTING),
    )


def _both(say: Callable[[Language], str]) -> Words:
    return Words(say(Language("en")), say(Language("zh_CN")))


def _entry(row: RegisterRow, protocol: Protocol) -> Entry:
    state, _ = words.STATES[row.state]
    approved = row.approved
    return Entry(
        code=words.code_words(row),
        title=row.title,
        state=spoken(state),
        in_force=_both(lambda language: words.in_force_words(protocol, row, language)[0]),
        since=_both(lambda language: words.in_force_words(protocol, row, language)[1])
        if row.state == IN_FORCE
        else "",
        registry=row.quotes,
        registry_hash=words_hash(row.quotes),
        elsewhere=tuple((each.source, each.words) for each in row.elsewhere),
        problem=row.problem,
        approved=approved.words if approved is not None else None,
        approved_where=f"{approved.document_version}, {approved.section}" if approved is not None else "",
        waits=_both(lambda language: words.waits_words(row, language))
        if row.waits and words.is_open(row)
        else "",
        decisions=tuple(
            _decision(number, each, row, protocol) for number, each in enumerate(row.decisions, 1)
        ),
        setting=row.kind == SETTING,
    )


def words_hash(quotes: tuple[str, ...]) -> str:
    """Return the hash of the registry's words of an entry, as a decision on it keeps it."""
    return sha256(canonical(list(quotes))) if quotes else ""


def _decision(number: int, made: DecisionRow, row: RegisterRow, protocol: Protocol) -> SignedDecision:
    state, _ = words.DECISION_STATES[made.state]
    # Decided on other words of the registry than the package has now: the hash of those is told.
    other = made.quotes_sha256 if row.quotes and made.quotes_sha256 != words_hash(row.quotes) else ""
    return SignedDecision(
        number=number,
        state=spoken(state),
        reading=_both(lambda language: words.reading_words(protocol, made, language)),
        basis=_both(lambda language: words.basis_words(made, language)),
        signed=_both(lambda language: words.signed_words(made, language)),
        struck=made.state in (SUPERSEDED, WITHDRAWN),
        words_hash=other,
    )
