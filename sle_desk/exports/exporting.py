"""An export from the desk to the file: copied, numbered, written, read back, and noted."""

from __future__ import annotations

from pathlib import Path

from sle_desk.base.errors import NotAllowed
from sle_desk.base.language import Language, message
from sle_desk.domain import roles
from sle_desk.domain.audit_words import action_words
from sle_desk.exports.file_names import file_name, inside
from sle_desk.exports.study_export import Exported, Report, export_workbook, presets_for, silent
from sle_desk.services import export_log, studies
from sle_desk.services.desk import Desk
from sle_desk.services.export_log import NewExport
from sle_desk.services.snapshots import snapshot

ACTION = "export.write"
# What each step does, in words.
STEPS = {
    "copy": message("Copying the study …"),
    "write": message("Writing …"),
    "compare": message("Reading back and comparing …"),
    "note": message("Noting the export …"),
}


def write_export(
    desk: Desk, folder: Path, preset: str, language: Language, report: Report = silent, *, name: str = ""
) -> Exported:
    """Write the workbook of a preset into a folder and note it; nothing is left when any step fails.

    Without a name of its own the file is named by study, number and preset.
    """
    desk.require(ACTION)
    if preset not in {allowed.code for allowed in presets_for(desk.actor.role, locked=False)}:
        told = {"action": action_words(ACTION), "role": roles.ROLES[desk.actor.role]}
        error = NotAllowed("role.may_not", **told)
        desk.refuse(ACTION, error)
        raise error
    report("copy", 0.0)
    with snapshot(desk) as copy:
        number = export_log.next_number(desk)
        label = f"X-{number:04d}"
        usual = file_name(copy.protocol.subject_prefix, label, preset.upper(), ending="xlsx")
        path = inside(folder, name or usual)
        demonstration = studies.is_demonstration(desk)
        done = export_workbook(
            copy,
            path,
            preset,
            language,
            label,
            demonstration=demonstration,
            report=report,
            study=desk.database.path.parent,
        )
    try:
        report("note", 0.9)
        new = NewExport(number, preset, {path.name: done.sha256}, done.audit_number, done.audit_code)
        export_log.record_export(desk, new)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return done
