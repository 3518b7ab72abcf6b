"""The content of the paper of the revealed list: every row with its arm, its commitment and who got it."""

from __future__ import annotations

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Words, message
from sle_desk.domain.protocol import Protocol
from sle_desk.exports.allocation_words import mark_words
from sle_desk.exports.list_certificates import DRAWN, IMPORTED
from sle_desk.exports.pdf.list_reveal import ListReveal, RowLine
from sle_desk.exports.visit_summaries import study_name
from sle_desk.exports.wording import Said, listed, moment, spoken
from sle_desk.services.list_kept import commitment_in
from sle_desk.services.locks import lock_state_in
from sle_desk.services.revealed_list import Revealed, RevealedRow, UsedBy, revealed_in
from sle_desk.services.snapshots import Snapshot

BROKEN = message("seal broken")
AGREES, AGREES_NOT = message("agrees"), message("DOES NOT AGREE")
ALL_AGREE = message("All {size} rows agree with what was sealed, and with the digest of the certificate.")
ROWS_DIFFER = message("Rows that do not agree with what was sealed: {rows}.")
DIGEST_DIFFERS = message("The commitments of the rows do not give the digest of the certificate.")
SEED_DIFFERS = message("The list is not the one that its sealed seed gives.")
OTHER_ARM = message("Rows allocated with another arm than they hold: {rows}.")
ALLOCATED = message("Allocated: {arm}, not the arm of the row.")
NO_ROW = message("Told outside without a row of any list: {those}.")
SUBJECT_VOID = message("The subject was entered in error.")


def list_reveal(copy: Snapshot, list_key: bytes) -> ListReveal:
    """Return what is printed of the revealed list; RuleBroken `reveal.not_shown` where it is not revealed."""
    found, lock = revealed_in(copy.session, list_key), lock_state_in(copy.session)
    if found is None or lock is None:
        raise RuleBroken("reveal.not_shown")
    kept, drawing = commitment_in(copy.session, found.code), found.drawing
    return ListReveal(
        study=study_name(copy.protocol),
        code=found.code,
        digest=found.digest,
        facts=(
            (spoken(message("List")), found.code),
            (spoken(message("Rows")), found.size),
            (spoken(message("Sealed")), _by(moment(kept.imported_at), kept.imported_by)),
            (
                spoken(message("How it was made")),
                spoken(DRAWN, algorithm=kept.algorithm) if kept.algorithm else spoken(IMPORTED),
            ),
            (spoken(message("Database locked")), _by(moment(lock.locked_at), lock.locked_by)),
            (spoken(message("Revealed")), _by(moment(found.revealed_at), found.revealed_by)),
        ),
        whole=found.whole,
        verdict=verdict(found),
        rows=tuple(_line(row, copy.protocol) for row in found.rows),
        file_hash=found.source_hash,
        seed=drawing.seed.hex() if drawing else "",
        block_sizes=", ".join(map(str, drawing.block_sizes)) if drawing else "",
        shares=" : ".join(str(share) for _, share in drawing.shares) if drawing else "",
    )


def _by(at: str, who: str) -> Words:
    return spoken(message("{at} by {who}"), at=at, who=who)


def verdict(found: Revealed) -> tuple[Words, ...]:
    """Return what the comparison of a revealed list came to, a sentence for each thing to be known."""
    said = []
    if found.differing:
        said.append(spoken(ROWS_DIFFER, rows=_numbers(found.differing)))
    if not found.digest_agrees:
        said.append(spoken(DIGEST_DIFFERS))
    if found.drawing_agrees is False:
        said.append(spoken(SEED_DIFFERS))
    if not said:
        said.append(spoken(ALL_AGREE, size=found.size))
    if found.other_arm:
        said.append(spoken(OTHER_ARM, rows=_numbers(found.other_arm)))
    if found.without_row:
        said.append(spoken(NO_ROW, those=listed([_alone(each) for each in found.without_row])))
    return tuple(said)


def _alone(used: UsedBy) -> Words:
    said = f"{used.randomisation_number} {used.subject} {used.arm}"
    return Words(said, said)


def _numbers(rows: tuple[int, ...]) -> str:
    return ", ".join(map(str, rows))


def arm_words(protocol: Protocol, arm: str) -> Words:
    """Return an arm by its code, as it stands in the list, and its name; of a broken seal that it is so."""
    known = {each.code: each.label for each in protocol.arms}
    if not arm:
        return spoken(BROKEN)
    label = known.get(arm)
    if label is None or label.en == arm:
        return Words(arm, arm)
    return Words(f"{arm} ({label.en})", f"{arm}（{label.zh}）")


def seal_words(row: RevealedRow) -> Words:
    """Return whether a row agrees with what was sealed."""
    return spoken(AGREES if row.agrees else AGREES_NOT)


def remarks(row: RevealedRow, used: UsedBy | None, protocol: Protocol) -> tuple[Words, ...]:
    """Return what is to be known of the use of a row, a sentence each."""
    if used is None:
        return ()
    other = () if row.arm_agrees else (spoken(ALLOCATED, arm=arm_words(protocol, used.arm)),)
    void = (spoken(SUBJECT_VOID),) if used.void else ()
    return (*other, *mark_words(used.outside, used.error), *void)


def _line(row: RevealedRow, protocol: Protocol) -> RowLine:
    used = row.used
    return RowLine(
        number=row.number,
        arm=arm_words(protocol, row.arm),
        seal=seal_words(row),
        agrees=row.agrees,
        subject=used.subject if used else "",
        randomisation_number=used.randomisation_number if used else "",
        allocated_at=moment(used.allocated_at) if used else "",
        remarks=tuple[Said, ...](remarks(row, used, protocol)),
        salt=row.salt,
        commitment=row.commitment,
    )
