-- Schema 3: entries beside the visits (a form record need not be of a visit, and can be about another one), what
-- they are linked to, and what was done about a deviation.
-- next
CREATE TABLE form_record_3 (
	visit_id INTEGER,
	parent_id INTEGER,
	form TEXT NOT NULL,
	form_version TEXT NOT NULL,
	on_day TEXT NOT NULL,
	at_time TEXT NOT NULL,
	transcribed INTEGER NOT NULL,
	source_signer TEXT NOT NULL,
	source_signed_on TEXT,
	subject_id INTEGER NOT NULL,
	recorded_at TEXT NOT NULL,
	recorded_by INTEGER NOT NULL,
	protocol_version TEXT NOT NULL,
	source TEXT NOT NULL,
	source_reference TEXT NOT NULL,
	entered_later INTEGER NOT NULL,
	state TEXT NOT NULL,
	void_reason TEXT NOT NULL,
	moved_to INTEGER,
	moved_from INTEGER,
	id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	CHECK (state IN ('current', 'void')),
	CHECK ((state = 'void') = (void_reason <> '')),
	FOREIGN KEY(visit_id) REFERENCES visit (id),
	FOREIGN KEY(parent_id) REFERENCES form_record (id),
	FOREIGN KEY(subject_id) REFERENCES subject (id),
	FOREIGN KEY(recorded_by) REFERENCES user (id)
)
 STRICT
-- next
INSERT INTO form_record_3 (visit_id, form, form_version, on_day, at_time, transcribed, source_signer,
	source_signed_on, subject_id, recorded_at, recorded_by, protocol_version, source, source_reference,
	entered_later, state, void_reason, moved_to, moved_from, id, version)
	SELECT visit_id, form, form_version, on_day, at_time, transcribed, source_signer,
	source_signed_on, subject_id, recorded_at, recorded_by, protocol_version, source, source_reference,
	entered_later, state, void_reason, moved_to, moved_from, id, version FROM form_record
-- next
DROP TABLE form_record
-- next
ALTER TABLE form_record_3 RENAME TO form_record
-- next
CREATE INDEX ix_form_record_parent_id ON form_record (parent_id)
-- next
CREATE INDEX ix_form_record_subject_id ON form_record (subject_id)
-- next
CREATE INDEX ix_form_record_visit_id ON form_record (visit_id)
-- next
CREATE TRIGGER "form_record_no_delete" BEFORE DELETE ON "form_record" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
ALTER TABLE deviation ADD COLUMN category TEXT NOT NULL DEFAULT ''
-- next
ALTER TABLE deviation ADD COLUMN effect TEXT NOT NULL DEFAULT ''
-- next
ALTER TABLE deviation ADD COLUMN capa TEXT NOT NULL DEFAULT ''
-- next
ALTER TABLE deviation ADD COLUMN ethics_on TEXT
-- next
CREATE TABLE record_link (
	subject_id INTEGER NOT NULL,
	entry_id INTEGER NOT NULL,
	to_table TEXT NOT NULL,
	to_id INTEGER NOT NULL,
	linked_at TEXT NOT NULL,
	linked_by INTEGER NOT NULL,
	state TEXT NOT NULL,
	void_reason TEXT NOT NULL,
	id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	CHECK (state IN ('current', 'void')),
	CHECK ((state = 'void') = (void_reason <> '')),
	FOREIGN KEY(subject_id) REFERENCES subject (id),
	FOREIGN KEY(entry_id) REFERENCES form_record (id),
	FOREIGN KEY(linked_by) REFERENCES user (id)
)
 STRICT
-- next
CREATE INDEX ix_record_link_subject_id ON record_link (subject_id)
-- next
CREATE INDEX ix_record_link_entry_id ON record_link (entry_id)
-- next
CREATE TRIGGER "record_link_no_delete" BEFORE DELETE ON "record_link" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
