"""The study as one workbook: every table of a preset, read back and compared before it counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sle_desk.base.errors import StorageFailed
from sle_desk.base.language import Language, Words, message
from sle_desk.domain import medication, roles
from sle_desk.domain.forms import LOGS
from sle_desk.domain.pauses import FORM as PAUSES
from sle_desk.domain.sealing import sha256
from sle_desk.exports.about import About
from sle_desk.exports.dataset import PRESETS, Preset, Source, form_table
from sle_desk.exports.dataset_background import background_table
from sle_desk.exports.dataset_calendar import calendar_table
from sle_desk.exports.dataset_codes import code_lists
from sle_desk.exports.dataset_consents import (
    consent_version_table,
    ethics_table,
    not_reconsented_table,
    screening_table,
)
from sle_desk.exports.dataset_decisions import (
    decision_table,
    eligibility_table,
    verdict_table,
    versions_table,
)
from sle_desk.exports.dataset_doses import dispensing_table, dose_table, vials_table
from sle_desk.exports.dataset_forms import forms_table
from sle_desk.exports.dataset_lab import lab_table
from sle_desk.exports.dataset_links import link_table
from sle_desk.exports.dataset_logs import log_table
from sle_desk.exports.dataset_pauses import compliance_table, pause_table, paused_dose_table
from sle_desk.exports.dataset_people import delegation_table, role_table
from sle_desk.exports.dataset_stock import lots_table, movements_table, reconciliation_table
from sle_desk.exports.dataset_subjects import (
    audit_table,
    consent_table,
    deviation_table,
    disposition_table,
    query_table,
    subject_table,
    visit_table,
)
from sle_desk.exports.hiding import NOTHING_OF_ARM, NOTHING_OF_WHO, Masks, may_list, without_counted
from sle_desk.exports.read_back import compare, read_back
from sle_desk.exports.tables import Table, Value
from sle_desk.exports.wording import moment, spoken
from sle_desk.exports.workbook import write_workbook
from sle_desk.services.desk import APPLICATION
from sle_desk.services.lock_guard import LockState
from sle_desk.services.locks import lock_state_in
from sle_desk.services.snapshots import Snapshot

Report = Callable[[str, float], None]
NEVER_LOCKED = message("not locked")
LOCKED_SINCE = message("locked since {at} by {who}")
UNLOCKED = message("unlocked on {then} by {by}; it had been locked on {at} by {who}")
NO_AUDIT = message("The audit trail, accounts and the delegation log")


@dataclass(frozen=True)
class Exported:
    """A workbook that was written and read back: its sheets with their rows, and what was masked in texts."""

    path: Path
    number: str
    preset: str
    sha256: str
    sheets: tuple[tuple[str, int], ...]
    values: int
    masked: int
    audit_number: int
    audit_code: str


def silent(step: str, share: float) -> None:
    """Tell nobody of the progress."""


def presets_for(role: str, *, locked: bool) -> tuple[Preset, ...]:
    """Return what a role may export: whoever does not work at the site gets no arm before lock."""
    at_site = role in (roles.COORDINATOR, roles.INVESTIGATOR, roles.PI)
    return tuple(at_lock(preset, locked) for preset in PRESETS.values() if at_site or not preset.arm)


def at_lock(preset: Preset, locked: bool) -> Preset:
    """Return a preset as it is written now: while the database is locked none leaves out the arm."""
    return replace(preset, arm=preset.arm or locked)


def lock_words(state: LockState | None) -> Words:
    """Return how the database stands: never locked, locked since, or unlocked again."""
    if state is None:
        return spoken(NEVER_LOCKED)
    locked = {"at": moment(state.locked_at), "who": state.locked_by}
    if state.unlocked_at is None:
        return spoken(LOCKED_SINCE, **locked)
    return spoken(UNLOCKED, **locked, then=moment(state.unlocked_at), by=state.unlocked_by)


def removed(preset: Preset) -> tuple[Words, ...]:
    """Return what a preset leaves out, to be shown before anything is written."""
    left_out = [spoken(text) for text in NOTHING_OF_WHO]
    if not preset.arm:
        left_out += [spoken(text) for text in NOTHING_OF_ARM]
    if not preset.audit:
        left_out.append(spoken(NO_AUDIT))
    return tuple(left_out)


def study_tables(copy: Snapshot, preset: Preset) -> tuple[Table, ...]:
    """Return every table of a preset; the clinical forms are those that some visit asks for."""
    source = Source(copy.protocol, copy.session, copy.as_of.date())
    asked = {code for visit in copy.protocol.visits for code in visit.forms}
    forms = [form_table(source, form) for form in copy.protocol.forms if form.code in asked]
    stocked = (movements_table, lots_table, reconciliation_table)
    # A package of before has no pauses to tell of.
    pausing = any(form.code == PAUSES for form in copy.protocol.forms)
    paused = (pause_table, paused_dose_table) if pausing else ()
    given = (dose_table, vials_table, dispensing_table, *paused, compliance_table)
    treated = (*given, *stocked) if preset.arm else ()
    noted = any(form.code == medication.FORM for form in copy.protocol.forms)
    audit = [table(source) for table in (role_table, delegation_table, audit_table)] if preset.audit else []
    tables = (
        subject_table(source, preset),
        screening_table(source),
        consent_table(source),
        not_reconsented_table(source),
        visit_table(source),
        *forms,
        *(
            log_table(source, form, preset)
            for log in LOGS
            for form in copy.protocol.log_forms(log)
            if may_list(form, preset)
        ),
        *((background_table(source),) if noted else ()),
        link_table(source, preset),
        lab_table(source, preset),
        *(table(source) for table in treated),
        disposition_table(source, preset),
        eligibility_table(source),
        verdict_table(source),
        decision_table(source),
        versions_table(source),
        ethics_table(source),
        consent_version_table(source),
        forms_table(source, preset),
        deviation_table(source, preset),
        query_table(source, preset),
        calendar_table(source),
        *audit,
    )
    return tuple(without_counted(table, copy.protocol, preset) for table in tables)


def export_workbook(
    copy: Snapshot,
    path: Path,
    preset_code: str,
    language: Language,
    number: str,
    *,
    demonstration: bool = False,
    report: Report = silent,
    study: Path | None = None,
) -> Exported:
    """Write the workbook of a preset, read it back and compare every cell with the study.

    `report` is told each step with the share that is done; what it raises leaves no file; for `study` see
    `write_workbook`. StorageFailed
    `export.differs` when anything differs; no file is left then.
    """
    lock = lock_state_in(copy.session)
    preset = at_lock(PRESETS[preset_code], lock is not None and lock.locked)
    masks = Masks(Source(copy.protocol, copy.session), preset)
    pairs = [masks.table(table) for table in study_tables(copy, preset)]
    tables = tuple(table for table, _ in pairs)
    about = replace(_about(copy, preset, tables, number, demonstration), lock=lock_words(lock))

    def before_sheet(sheet: int, of: int) -> None:
        report("write", 0.1 + 0.4 * sheet / of)

    write_workbook(path, tables, about, language, before_sheet=before_sheet, study=study)
    try:
        report("compare", 0.6)
        require_equal(path, tables)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Exported(
        path=path,
        number=number,
        preset=preset.code,
        sha256=sha256(path.read_bytes()),
        sheets=tuple((table.name, len(table.rows)) for table in tables),
        values=sum(_is_value(cell) for table in tables for row in table.rows for cell in row),
        masked=sum(count for _, count in pairs),
        audit_number=copy.head.number,
        audit_code=copy.head.code,
    )


def require_equal(path: Path, tables: Sequence[Table]) -> None:
    """Raise StorageFailed `export.differs` when a written workbook is not what the tables say."""
    differences = compare(tables, read_back(path))
    if differences:
        first = differences[0]
        facts = {"sheet": first.table, "row": first.row, "column": first.column}
        raise StorageFailed("export.differs", name=path.name, count=len(differences), **facts)


def _is_value(cell: Value) -> bool:
    return cell is not None and cell != ""


def _about(
    copy: Snapshot, preset: Preset, tables: Sequence[Table], number: str, demonstration: bool
) -> About:
    protocol = copy.protocol
    return About(
        study=protocol.short_title,
        identifiers=" · ".join(protocol.registry_ids),
        export_number=number,
        audit_number=copy.head.number,
        audit_code=copy.head.code,
        made_at=copy.as_of,
        data_as_of=copy.as_of,
        protocol=f"{protocol.registry_ids[0]} v{protocol.version}",
        application=APPLICATION,
        presets=(preset.label,),
        removed=removed(preset),
        codelists=code_lists(protocol, tables),
        demonstration=demonstration,
    )
