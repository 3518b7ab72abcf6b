"""Sentences about the study file, its keys and backups."""

from __future__ import annotations

from sle_desk.base.language import message

SENTENCES: dict[str, str] = {
    "audit.capture_disturbed": message("Nothing was saved: the audit capture was disturbed."),
    "audit.gap": message("The audit is not whole: number {number} is missing, {found} follows."),
    "audit.link_broken": message("The audit was changed at number {number}: the chain is broken there."),
    "audit.no_chain": message("The study file has no audit chain. It is not opened."),
    "audit.no_context": message("Nothing was saved: a change without a person behind it is refused."),
    "audit.payload_changed": message(
        "The audit was changed at number {number}: its content no longer fits its hash."
    ),
    "audit.payload_missing": message(
        "The audit was changed at number {number}: its content was taken away and only its hash is left."
    ),
    "backup.accounts_unknown": message(
        "study.keys in {path} is missing or damaged: nothing here says who was removed since. With this "
        "backup these sign in: {logins}. Nothing was restored; --accept-older puts the backup in its place "
        "all the same, and keeps what is there beside it."
    ),
    "backup.administrator": message(
        "A backup takes the place of a study only by who was administrator or PI when it was made; here "
        "it is opened as {role}. Nothing was changed."
    ),
    "backup.manifest_differs": message(
        "The label of the backup {path} says audit number {said}; the study in it ends at {found}, or at "
        "another code: the label was changed after the backup was made. It was not restored. Choose another "
        "backup, keep this file and tell the administrator."
    ),
    "backup.no_folder": message("There is no folder {path} for the backup. Nothing was copied."),
    "backup.not_a_file": message("{path} is not an ordinary file."),
    "backup.not_one": message("{path} is not a backup of sle_desk, or is cut short."),
    "backup.not_whole": message(
        "The copy does not pass the checks ({code}). It does not count as a backup and was removed."
    ),
    "backup.not_compared": message(
        "The study in {path} could not be compared with the backup: it does not open with this name and "
        "password, or is damaged. Nothing was restored; --accept-older puts the backup in its place all "
        "the same."
    ),
    "backup.not_made": message(
        "No backup could be made in {path} ({reason}). What you saved is in the study; see that the folder "
        "can be written to and has room, then make a backup with Ctrl B on the Study page."
    ),
    "backup.not_restored": message(
        "The backup could not be put in {path} ({reason}). The study there is as it was; see that the "
        "folder can be written to and has room."
    ),
    "backup.not_thinned": message(
        "Old backups could not be removed ({reason}). The new backup stands; make room by hand when needed."
    ),
    "backup.older": message(
        "The backup ends at audit number {backup}, the study in this folder at {live}. Restoring "
        "would lose the rows between; say so expressly to go on."
    ),
    "backup.stick_is_out": message(
        "The second folder {path} lies on the disk of the study now: its stick or disk is not there. No "
        "second copy was made. Put it in and make a backup with Ctrl B, or choose another folder."
    ),
    "backup.other_state": message(
        "The copy ends at audit number {found}, wanted was {wanted}. It was removed."
    ),
    "backup.other_study": message(
        "The backup belongs to another study ({found}…, here {wanted}…). It was not restored."
    ),
    "backup.parted": message(
        "The backup and the study in this folder went different ways after audit number {number}: each holds "
        "entries that the other lacks. Neither is overwritten. Restore the backup to a folder of its own "
        "(sle-desk restore) and decide with the PI which of the two goes on."
    ),
    "backup.part_changed": message(
        "In {path}, {part} is not what was packed. This backup cannot be used; choose an older one."
    ),
    "backup.reason_needed": message(
        "There is a study in this folder. Say with --reason why the backup takes its place ({reasons}). "
        "Nothing was changed."
    ),
    "backup.too_large": message("{path} is larger than a backup can be. Nothing was opened."),
    "change.note_needed": message("“Other” needs a word of explanation."),
    "change.reason_needed": message("A saved value changes only with a reason. Choose one."),
    "desk.nested": message("A door of the study was opened inside another ({door}). Nothing was saved."),
    "copy.no_place": message(
        "There is no room, or no folder, for temporary files on this computer ({reason}). Nothing was "
        "written; make room on its disk and try again."
    ),
    "desk.read_only": message("This is a backup opened to read. Nothing can be changed here."),
    "place.network": message(
        "{path} lies on another computer. A study that is worked on must lie on a disk of this one; backups "
        "may lie there."
    ),
    "place.synchronised": message(
        "{path} lies in {folder}, which a program copies away while the study is written. Choose another "
        "folder; backups may lie there."
    ),
    "disk.full": message(
        "Only {free} MB are free on the disk of the study; {wanted} MB are needed to begin something new. "
        "Make room first. What is being entered can still be saved."
    ),
    "disk.low": message("Only {free} MB are free on the disk of the study. Make room soon."),
    "file.replaced": message(
        "The study file {path} was moved, deleted or replaced while it was open. Nothing more is saved. What "
        "was saved up to now was put into {rescued}. Close the application and call the administrator."
    ),
    "file.replaced_lost": message(
        "The study file {path} was moved, deleted or written over while it was open. Nothing more is saved, "
        "and what was saved could not be put whole into {rescued}. Leave what you typed on the screen, note "
        "it on paper, and call the administrator: the newest backup is to be restored."
    ),
    "keys.changed": message(
        "study.keys was changed outside the application, or damaged. The study itself was checked and holds. "
        "Tell the administrator: who can no longer sign in needs a new one-time password."
    ),
    "keys.slot_foreign": message(
        "The key file holds a slot of {owner} that was not made in this study. Nothing was changed. Restore "
        "study.keys from the newest backup."
    ),
    "keys.vault_changed": message(
        "In study.keys the seal of the allocation lists was changed. Restore study.keys from a backup."
    ),
    "file.cipher_version": message(
        "This installation has SQLCipher {found}. Study files are written by {wanted} or a later {first}; "
        "nothing is opened with another one. Install sle_desk anew."
    ),
    "file.damaged": message(
        "The study file is damaged: {found} ({count} faults). It is not opened; restore the newest backup."
    ),
    "file.exists": message(
        "{name} is already in {folder}. It was not replaced. Choose another name or folder, or "
        "confirm that it is to be replaced."
    ),
    "file.held": message(
        "Another program holds the study file {path} ({reason}). It was not opened; this says nothing of "
        "damage, and nothing is to be restored. Close what may have it open (a database tool, a backup, a "
        "virus scanner) and try again."
    ),
    "file.held_at_check": message(
        "Another program holds the study file ({reason}), so it could not be checked to the end; this says "
        "nothing of damage. Close what may have it open and try again."
    ),
    "file.held_at_save": message(
        "Nothing was saved: another program holds the study file ({reason}). What you typed is kept; close "
        "what may have it open (a database tool, a backup, a virus scanner) and save again."
    ),
    "file.missing": message("There is no study file at {path}."),
    "file.name": message(
        "{name} is no name for an exported file. Only capital letters, digits, - and _ are "
        "allowed, at most 120 characters."
    ),
    "file.name_given": message(
        "{name} cannot be the name of the file. It ends in .{ending}, holds none of < > : / | ? * and no "
        "quotation mark or backslash, and is none that Windows keeps for devices (CON, NUL, COM1 and others)."
    ),
    "file.newer": message(
        "The study was last written with schema {found}; this version knows {known}. Use the newer "
        "version of sle_desk. Nothing was changed."
    ),
    "file.no_cipher": message(
        "This installation has no cipher. Nothing is opened, because data would be written in clear."
    ),
    "file.not_readable": message(
        "The study file {path} cannot be opened with this key: it is damaged or belongs to another key file."
    ),
    "file.not_written": message(
        "{name} could not be written to {folder}: {reason}. Nothing was left behind. Check that "
        "the folder exists, can be written to and has room."
    ),
    "file.older": message("The study has schema {found}; this version needs {known}."),
    "file.other_application": message("This is not a study file of sle_desk (mark {found})."),
    "file.outside": message("{name} would lie outside {folder}. Choose a file name without a path."),
    "file.pragma": message(
        "The study file does not keep the safety setting {name} = {wanted} (found {found}). "
        "Nothing is opened."
    ),
    "file.reference_broken": message(
        "A row of {table} (number {row}) points at something that is not there."
    ),
    "file.schema_changed": message(
        "The structure of the study file was changed outside sle_desk. It is not opened for "
        "writing; restore the newest backup."
    ),
    "file.seal_broken": message(
        "The seal of the study file is broken: {found} ({count} pages). It is not opened; restore "
        "the newest backup."
    ),
    "file.study_exists": message("{path} already exists. A new study needs an empty folder."),
    "file.went_back": message(
        "The study file ends at audit number {found}, but was at {header} when last used: an older "
        "copy was put in its place."
    ),
    "file.write_failed": message(
        "Nothing was saved: the study file refused the write ({reason}). What you typed is kept."
    ),
    "file.too_large": message(
        "The study file {path} has {found} MB; a study has at most {allowed} MB. It was not written by this "
        "application as it is, and nothing of it was read. Restore a backup."
    ),
    "folder.in_use": message(
        "The study is open on {host} since {since} (process {process}). Close it there first."
    ),
    "folder.in_use_now": message("The study is just being opened elsewhere. Try again."),
    "folder.in_use_elsewhere": message(
        "The study is open on {host} since {since} (process {process}); this computer is {here} and cannot "
        "see whether it still is. Close it there. If {host} is an earlier name of this computer, or is "
        "broken, and nobody has the study open: delete {path} and open the study again."
    ),
    "folder.missing": message("There is no folder {path}."),
    "folder.not_a_file": message("{path} is not an ordinary file. Nothing was opened."),
    "folder.not_empty": message("The folder {path} is not empty. A new study needs an empty folder."),
    "folder.part_missing": message("The folder {path} holds no study: {part} is missing."),
    "keys.missing": message(
        "The key file {path} is missing. Without it the study cannot be opened; a backup holds a copy."
    ),
    "keys.other_format": message(
        "The key file {path} was written by another version of sle_desk. Open it with that version."
    ),
    "keys.other_study": message(
        "The key file belongs to another study ({found}…). Put back the key file of this study, "
        "from its backup."
    ),
    "keys.unreadable": message(
        "The key file {path} is damaged or cut short. Beside it, study.keys.old is the one before; "
        "a backup holds a copy."
    ),
    "error.place_needed": message(
        "Choose from the list where it belongs: type a part of it, Down and Enter take it."
    ),
    "error.then_needed": message("Choose what then: its digit, or arrows and Space."),
    "migration.count": message(
        "The study could not be brought to this version: {table} has {found} rows instead of {wanted}. It is "
        "as it was; report this before you go on."
    ),
    "migration.failed": message(
        "The study could not be brought to this version ({reason}). It is as it was; report this before you "
        "go on."
    ),
    "migration.not_whole": message(
        "The study is of an earlier version and does not pass the checks ({code}). It was not changed; "
        "restore the newest backup."
    ),
    "migration.row": message(
        "The study could not be brought to this version: row {row} of {table} came out otherwise. It is as "
        "it was; report this before you go on."
    ),
    "migration.table_gone": message(
        "The study could not be brought to this version: {table} would be gone. It is as it was; report this "
        "before you go on."
    ),
    "record.already_void": message("This record was already marked as entered in error."),
    "record.changed_meanwhile": message(
        "The record was changed meanwhile. Look at it again; what you typed is kept."
    ),
    "record.not_at_visit": message(
        "{name} is not planned at {visit}. Choose another visit, or mark it as entered in error and type "
        "it where it belongs."
    ),
    "record.same_visit": message("The record already belongs to this visit. Choose the other visit."),
    "record.there_already": message(
        "{name} is already entered at {visit} there. Look at that one first: only one of them can stand."
    ),
    "record.same_subject": message("The record already belongs to this subject. Choose the other subject."),
    "recovery.character": message("A recovery key never holds {characters}. Compare it with the paper."),
    "recovery.check": message(
        "The recovery key was mistyped somewhere: its check characters do not fit. Compare it with the paper."
    ),
    "recovery.group": message(
        "This is not group {number} of the key. Compare it with the printed page, letter by letter."
    ),
    "recovery.length": message("The recovery key has {wanted} letters and digits; {found} were typed."),
    "recovery.paper_blank": message("Say where the page is kept, who sealed it and who witnessed it."),
    "recovery.same_person": message("{name} cannot seal and witness alone. A second person witnesses."),
    "recovery.wrong": message(
        "This recovery key does not open this study. It may belong to another study or have been replaced."
    ),
    "folder.not_writable": message(
        "Nothing can be written in {path} ({reason}). A study is opened only where its folder can be "
        "written to."
    ),
    "redaction.common": message(
        "{found} values hold this text as a part of what was typed; it is taken out of at most {most} of "
        "those at once. Write more of it, so that only the slip is meant: a text of {letters} letters "
        "({characters} Chinese characters) is taken out of any number."
    ),
    "redaction.count": message(
        "{found} values hold this text, and another number was typed. Look through the list to its end: all "
        "of them lose it. Type how many there are, or leave with Esc."
    ),
    "redaction.in_force": message(
        "This text is in force in a registration or is the name of an account ({whose}), and nothing else "
        "holds it where it can be taken out. A wrong registration is corrected first; what it said before "
        "can be taken out then."
    ),
    "redaction.not_whole": message(
        "Nothing was taken out: without this text the study could not be opened again. Write more of it, so "
        "that only the slip is meant."
    ),
    "redaction.nothing": message(
        "Nothing in records, drafts or audit holds this text where it can be taken out. Capitals and the "
        "number of blanks do not matter; the letters do."
    ),
    "redaction.repeated": message("The reason repeats the text that is to be gone. Say why without it."),
    "redaction.text": message(
        "Write at least {shortest} letters or {digits} digits of the text, without quotation marks, "
        "backslashes or line ends: a shorter number could be a measured value."
    ),
    "replay.row_missing": message("{place} stands in the audit but not in the file."),
    "replay.row_not_in_audit": message("{place} stands in the file but not in the audit."),
    "replay.value_differs": message("{place}: “{called}” is not what the audit records."),
    "study.behind": message(
        "This study ends at audit number {found}, and the backup {name}, made {made}, at {later}: an older "
        "copy was put over it, and what was entered since is not in it. Restore that backup; or the PI or "
        "the administrator says at sign-in why the older study is gone on with."
    ),
    "study.not_kept": message("It is not there, or does not open with this name and password."),
    "study.not_whole_placed": message(
        "What was put in place does not pass the checks ({code}). Look at the disk, and restore once more."
    ),
    "study.parted": message(
        "study.sled and study.keys went different ways: at audit number {number} the study holds another "
        "entry than when it was last used here. A copy that went on elsewhere was put in its place. It is "
        "not opened; put the file of this computer back, or restore the newest backup, and decide with the "
        "PI which of the two goes on."
    ),
}
