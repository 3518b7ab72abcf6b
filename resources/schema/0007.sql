-- Schema 7: whether the records still show what a settled deviation rests on; why a panel was not drawn, in words;
-- how a list was drawn here, allocations made outside or in error; the ledger of the stock, in which nothing is
-- changed or deleted (what was wrong is taken back by a movement of its own; texts can still be taken out where they
-- say who somebody is); the ethics register and what points at it; who signs a newer consent form, and why one did
-- not; who was screened again; what a dose was held for; locks of the database and reveals of the list; the pauses of
-- a study drug; amendments of the protocol package.
-- next
ALTER TABLE deviation ADD COLUMN ground TEXT NOT NULL DEFAULT '' CHECK (ground IN ('', 'gone', 'differs', 'seen'))
-- next
ALTER TABLE deviation ADD COLUMN ground_facts TEXT NOT NULL DEFAULT ''
-- next
ALTER TABLE not_drawn ADD COLUMN note TEXT NOT NULL DEFAULT ''
-- next
CREATE TABLE drawn_list (
	list_id INTEGER NOT NULL,
	algorithm TEXT NOT NULL,
	sealed_drawing TEXT NOT NULL,
	certain_percent INTEGER NOT NULL,
	guessed_percent INTEGER NOT NULL,
	chance_percent INTEGER NOT NULL,
	id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (list_id),
	FOREIGN KEY(list_id) REFERENCES allocation_list (id)
)
 STRICT
-- next
CREATE TRIGGER "drawn_list_no_delete" BEFORE DELETE ON "drawn_list" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
CREATE TABLE emergency_allocation (
	allocation_id INTEGER NOT NULL,
	way TEXT NOT NULL,
	told_by TEXT NOT NULL,
	told_at TEXT NOT NULL,
	reason TEXT NOT NULL,
	agrees INTEGER NOT NULL,
	id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (allocation_id),
	FOREIGN KEY(allocation_id) REFERENCES allocation (id)
)
 STRICT
-- next
CREATE TRIGGER "emergency_allocation_no_delete" BEFORE DELETE ON "emergency_allocation" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
CREATE TABLE allocation_error (
	allocation_id INTEGER NOT NULL,
	reason TEXT NOT NULL,
	marked_at TEXT NOT NULL,
	marked_by INTEGER NOT NULL,
	signature_id INTEGER NOT NULL,
	id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (allocation_id),
	FOREIGN KEY(allocation_id) REFERENCES allocation (id),
	FOREIGN KEY(marked_by) REFERENCES user (id),
	FOREIGN KEY(signature_id) REFERENCES signature (id)
)
 STRICT
-- next
CREATE TRIGGER "allocation_error_no_delete" BEFORE DELETE ON "allocation_error" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
CREATE TABLE stock_movement (
	kind TEXT NOT NULL,
	drug TEXT NOT NULL,
	lot TEXT NOT NULL,
	strength INTEGER NOT NULL,
	unit TEXT NOT NULL,
	count INTEGER NOT NULL,
	account TEXT NOT NULL,
	on_day TEXT NOT NULL,
	at_time TEXT NOT NULL,
	subject_id INTEGER,
	expires_on TEXT,
	party TEXT NOT NULL,
	document TEXT NOT NULL,
	temperature INTEGER,
	lowest INTEGER,
	highest INTEGER,
	excursion_from TEXT,
	excursion_to TEXT,
	person TEXT NOT NULL,
	witness TEXT NOT NULL,
	note TEXT NOT NULL,
	about_id INTEGER,
	corrects_id INTEGER,
	reason TEXT NOT NULL,
	entered_later INTEGER NOT NULL,
	protocol_version TEXT NOT NULL,
	recorded_at TEXT NOT NULL,
	recorded_by INTEGER NOT NULL,
	id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	CHECK (count > 0 OR (count = 0 AND kind = 'counted')),
	CHECK ((corrects_id IS NOT NULL) <= (reason <> '')),
	UNIQUE (corrects_id),
	FOREIGN KEY(subject_id) REFERENCES subject (id),
	FOREIGN KEY(about_id) REFERENCES stock_movement (id),
	FOREIGN KEY(corrects_id) REFERENCES stock_movement (id),
	FOREIGN KEY(recorded_by) REFERENCES user (id)
)
 STRICT
-- next
CREATE INDEX ix_stock_movement_subject_id ON stock_movement (subject_id)
-- next
CREATE TRIGGER "stock_movement_no_delete" BEFORE DELETE ON "stock_movement" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
CREATE TRIGGER "stock_movement_no_update" BEFORE UPDATE OF kind, drug, strength, unit, count, account, on_day, at_time, subject_id, expires_on, about_id, corrects_id, recorded_at, recorded_by ON "stock_movement" BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END
-- next
CREATE TABLE ethics_approval (
	kind TEXT NOT NULL,
	approval_number TEXT NOT NULL,
	committee TEXT NOT NULL,
	approved_on TEXT NOT NULL,
	valid_until TEXT,
	document TEXT NOT NULL,
	reference TEXT NOT NULL,
	covers_protocol TEXT NOT NULL,
	covers_consents TEXT NOT NULL,
	recorded_at TEXT NOT NULL,
	recorded_by INTEGER NOT NULL,
	state TEXT NOT NULL,
	void_reason TEXT NOT NULL,
	id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(recorded_by) REFERENCES user (id)
)
 STRICT
-- next
CREATE TRIGGER "ethics_approval_no_delete" BEFORE DELETE ON "ethics_approval" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
CREATE TABLE not_reconsented (
	consent_version_id INTEGER NOT NULL,
	on_day TEXT NOT NULL,
	reason TEXT NOT NULL,
	note TEXT NOT NULL,
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
	FOREIGN KEY(consent_version_id) REFERENCES consent_version (id),
	FOREIGN KEY(subject_id) REFERENCES subject (id),
	FOREIGN KEY(recorded_by) REFERENCES user (id)
)
 STRICT
-- next
CREATE INDEX ix_not_reconsented_consent_version_id ON not_reconsented (consent_version_id)
-- next
CREATE INDEX ix_not_reconsented_subject_id ON not_reconsented (subject_id)
-- next
CREATE TRIGGER "not_reconsented_no_delete" BEFORE DELETE ON "not_reconsented" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
ALTER TABLE consent_version ADD COLUMN approval_id INTEGER REFERENCES ethics_approval (id)
-- next
ALTER TABLE consent_version ADD COLUMN reconsent TEXT NOT NULL DEFAULT ''
-- next
ALTER TABLE consent_version ADD COLUMN reconsent_by TEXT
-- next
ALTER TABLE protocol_decision ADD COLUMN approval_id INTEGER REFERENCES ethics_approval (id)
-- next
ALTER TABLE subject ADD COLUMN rescreen_of INTEGER REFERENCES subject (id)
-- next
ALTER TABLE dose ADD COLUMN hold TEXT NOT NULL DEFAULT ''
-- next
ALTER TABLE dose ADD COLUMN hold_shown TEXT NOT NULL DEFAULT ''
-- next
ALTER TABLE dose ADD COLUMN residual_ml INTEGER
-- next
CREATE TABLE database_lock (
	scope TEXT NOT NULL,
	locked_at TEXT NOT NULL,
	locked_by INTEGER NOT NULL,
	reason TEXT NOT NULL,
	open_items TEXT NOT NULL,
	audit_review TEXT NOT NULL,
	audit_number INTEGER NOT NULL,
	audit_code TEXT NOT NULL,
	signature_id INTEGER NOT NULL,
	unlocked_at TEXT,
	unlocked_by INTEGER,
	unlock_reason TEXT NOT NULL,
	unlock_signature_id INTEGER,
	id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(locked_by) REFERENCES user (id),
	FOREIGN KEY(signature_id) REFERENCES signature (id),
	FOREIGN KEY(unlocked_by) REFERENCES user (id),
	FOREIGN KEY(unlock_signature_id) REFERENCES signature (id)
)
 STRICT
-- next
CREATE TRIGGER "database_lock_no_delete" BEFORE DELETE ON "database_lock" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
CREATE TABLE list_reveal (
	list_id INTEGER NOT NULL,
	revealed_at TEXT NOT NULL,
	revealed_by INTEGER NOT NULL,
	agreeing INTEGER NOT NULL,
	differing TEXT NOT NULL,
	signature_id INTEGER NOT NULL,
	id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (list_id),
	FOREIGN KEY(list_id) REFERENCES allocation_list (id),
	FOREIGN KEY(revealed_by) REFERENCES user (id),
	FOREIGN KEY(signature_id) REFERENCES signature (id)
)
 STRICT
-- next
CREATE TRIGGER "list_reveal_no_delete" BEFORE DELETE ON "list_reveal" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
CREATE TABLE dose_pause (
	kind TEXT NOT NULL CHECK (kind IN ('paused', 'resumed')),
	drug TEXT NOT NULL,
	on_day TEXT NOT NULL,
	reason TEXT NOT NULL,
	decided_by TEXT NOT NULL,
	note TEXT NOT NULL,
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
	FOREIGN KEY(subject_id) REFERENCES subject (id),
	FOREIGN KEY(recorded_by) REFERENCES user (id)
)
 STRICT
-- next
CREATE INDEX ix_dose_pause_subject_id ON dose_pause (subject_id)
-- next
CREATE TRIGGER "dose_pause_no_delete" BEFORE DELETE ON "dose_pause" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
CREATE TABLE protocol_amendment (
	package TEXT NOT NULL,
	package_version TEXT NOT NULL,
	package_sha256 TEXT NOT NULL,
	file_name TEXT NOT NULL,
	file_sha256 TEXT NOT NULL,
	base_version TEXT NOT NULL,
	imported_at TEXT NOT NULL,
	imported_by INTEGER NOT NULL,
	state TEXT NOT NULL,
	document TEXT NOT NULL,
	approval_number TEXT NOT NULL,
	approved_on TEXT,
	approval_id INTEGER,
	effective_from TEXT,
	reason TEXT NOT NULL,
	decided_at TEXT,
	decided_by INTEGER,
	signature_id INTEGER,
	id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(imported_by) REFERENCES user (id),
	FOREIGN KEY(approval_id) REFERENCES ethics_approval (id),
	FOREIGN KEY(decided_by) REFERENCES user (id),
	FOREIGN KEY(signature_id) REFERENCES signature (id)
)
 STRICT
-- next
CREATE TRIGGER "protocol_amendment_no_delete" BEFORE DELETE ON "protocol_amendment" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
ALTER TABLE protocol_file ADD COLUMN amendment_id INTEGER REFERENCES protocol_amendment (id)
