-- Schema 1. A migration that was released is never changed: the files that it made are compared with it.
-- next
CREATE TABLE audit (
	number INTEGER NOT NULL,
	change INTEGER NOT NULL,
	at TEXT NOT NULL,
	user_id INTEGER,
	user TEXT NOT NULL,
	role TEXT NOT NULL,
	session_id INTEGER,
	action TEXT NOT NULL,
	reason TEXT NOT NULL,
	application TEXT NOT NULL,
	table_name TEXT NOT NULL,
	row_id INTEGER,
	operation TEXT NOT NULL,
	payload TEXT,
	payload_hash TEXT NOT NULL,
	link TEXT NOT NULL,
	PRIMARY KEY (number)
)
 STRICT
-- next
CREATE INDEX audit_row ON audit (table_name, row_id)
-- next
CREATE TABLE consent_version (
	code TEXT NOT NULL,
	version_day TEXT NOT NULL,
	approved_on TEXT NOT NULL,
	approval_number TEXT NOT NULL,
	valid_until TEXT,
	id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (code)
)
 STRICT
-- next
CREATE TRIGGER "consent_version_no_delete" BEFORE DELETE ON "consent_version" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
CREATE TABLE laboratory (
	code TEXT NOT NULL,
	name TEXT NOT NULL,
	id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (code)
)
 STRICT
-- next
CREATE TRIGGER "laboratory_no_delete" BEFORE DELETE ON "laboratory" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
CREATE TABLE protocol_file (
	package TEXT NOT NULL,
	package_version TEXT NOT NULL,
	name TEXT NOT NULL,
	content TEXT NOT NULL,
	sha256 TEXT NOT NULL,
	id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id)
)
 STRICT
-- next
CREATE TRIGGER "protocol_file_no_delete" BEFORE DELETE ON "protocol_file" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
CREATE TABLE study_fact (
	name TEXT NOT NULL,
	value TEXT NOT NULL,
	id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (name)
)
 STRICT
-- next
CREATE TRIGGER "study_fact_no_delete" BEFORE DELETE ON "study_fact" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
CREATE TABLE user (
	login TEXT NOT NULL,
	name TEXT NOT NULL,
	active INTEGER NOT NULL,
	must_change_password INTEGER NOT NULL,
	language TEXT NOT NULL,
	created_at TEXT NOT NULL,
	id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (login)
)
 STRICT
-- next
CREATE TRIGGER "user_no_delete" BEFORE DELETE ON "user" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
CREATE TABLE allocation_list (
	code TEXT NOT NULL,
	size INTEGER NOT NULL,
	digest TEXT NOT NULL,
	wrapped_key TEXT NOT NULL,
	sealed_source TEXT NOT NULL,
	imported_at TEXT NOT NULL,
	imported_by INTEGER NOT NULL,
	id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (code),
	FOREIGN KEY(imported_by) REFERENCES user (id)
)
 STRICT
-- next
CREATE TRIGGER "allocation_list_no_delete" BEFORE DELETE ON "allocation_list" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
CREATE TABLE approved_words (
	target TEXT NOT NULL,
	words TEXT NOT NULL,
	document_version TEXT NOT NULL,
	section TEXT NOT NULL,
	recorded_at TEXT NOT NULL,
	recorded_by INTEGER NOT NULL,
	id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(recorded_by) REFERENCES user (id)
)
 STRICT
-- next
CREATE INDEX ix_approved_words_target ON approved_words (target)
-- next
CREATE TRIGGER "approved_words_no_delete" BEFORE DELETE ON "approved_words" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
CREATE TABLE delegation (
	user_id INTEGER NOT NULL,
	task TEXT NOT NULL,
	from_day TEXT NOT NULL,
	until_day TEXT,
	delegated_by INTEGER NOT NULL,
	training_day TEXT,
	gcp_certificate TEXT NOT NULL,
	reference TEXT NOT NULL,
	id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(user_id) REFERENCES user (id),
	FOREIGN KEY(delegated_by) REFERENCES user (id)
)
 STRICT
-- next
CREATE INDEX ix_delegation_user_id ON delegation (user_id)
-- next
CREATE TRIGGER "delegation_no_delete" BEFORE DELETE ON "delegation" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
CREATE TABLE draft (
	id INTEGER NOT NULL,
	user_id INTEGER NOT NULL,
	place TEXT NOT NULL,
	record_id INTEGER NOT NULL,
	record_version INTEGER NOT NULL,
	field TEXT NOT NULL,
	typed TEXT NOT NULL,
	kept_at TEXT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (user_id, place, record_id, field),
	FOREIGN KEY(user_id) REFERENCES user (id)
)
 STRICT
-- next
CREATE TABLE export (
	number INTEGER NOT NULL,
	preset TEXT NOT NULL,
	files TEXT NOT NULL,
	audit_number INTEGER NOT NULL,
	audit_code TEXT NOT NULL,
	written_at TEXT NOT NULL,
	written_by INTEGER NOT NULL,
	id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (number),
	FOREIGN KEY(written_by) REFERENCES user (id)
)
 STRICT
-- next
CREATE TRIGGER "export_no_delete" BEFORE DELETE ON "export" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
CREATE TABLE lab_range (
	laboratory_id INTEGER NOT NULL,
	analyte TEXT NOT NULL,
	sex TEXT NOT NULL,
	age_from INTEGER NOT NULL,
	age_until INTEGER NOT NULL,
	low INTEGER,
	high INTEGER,
	low_inclusive INTEGER NOT NULL,
	high_inclusive INTEGER NOT NULL,
	unit TEXT NOT NULL,
	valid_from TEXT NOT NULL,
	valid_until TEXT,
	confirmed INTEGER NOT NULL,
	source TEXT NOT NULL,
	id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(laboratory_id) REFERENCES laboratory (id)
)
 STRICT
-- next
CREATE INDEX ix_lab_range_laboratory_id ON lab_range (laboratory_id)
-- next
CREATE TRIGGER "lab_range_no_delete" BEFORE DELETE ON "lab_range" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
CREATE TABLE signature (
	meaning TEXT NOT NULL,
	statement TEXT NOT NULL,
	statement_language TEXT NOT NULL,
	about_table TEXT NOT NULL,
	about_id INTEGER NOT NULL,
	content_hash TEXT NOT NULL,
	user_id INTEGER NOT NULL,
	role TEXT NOT NULL,
	signed_at TEXT NOT NULL,
	transcribed INTEGER NOT NULL,
	source_signer TEXT NOT NULL,
	source_signed_on TEXT,
	source_reference TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('valid', 'void')),
	void_reason TEXT NOT NULL,
	id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(user_id) REFERENCES user (id)
)
 STRICT
-- next
CREATE TRIGGER "signature_no_delete" BEFORE DELETE ON "signature" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
CREATE TABLE subject (
	number INTEGER NOT NULL,
	code TEXT NOT NULL,
	screening_number TEXT NOT NULL,
	sex TEXT NOT NULL,
	birth_date TEXT NOT NULL,
	registered_at TEXT NOT NULL,
	registered_by INTEGER NOT NULL,
	protocol_version TEXT NOT NULL,
	state TEXT NOT NULL,
	void_reason TEXT NOT NULL,
	same_as INTEGER,
	id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (number),
	UNIQUE (code),
	UNIQUE (screening_number),
	FOREIGN KEY(registered_by) REFERENCES user (id),
	FOREIGN KEY(same_as) REFERENCES subject (id)
)
 STRICT
-- next
CREATE TRIGGER "subject_no_delete" BEFORE DELETE ON "subject" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
CREATE TABLE user_role (
	user_id INTEGER NOT NULL,
	role TEXT NOT NULL,
	from_day TEXT NOT NULL,
	until_day TEXT,
	id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(user_id) REFERENCES user (id)
)
 STRICT
-- next
CREATE INDEX ix_user_role_user_id ON user_role (user_id)
-- next
CREATE TRIGGER "user_role_no_delete" BEFORE DELETE ON "user_role" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
CREATE TABLE user_session (
	user_id INTEGER NOT NULL,
	role TEXT NOT NULL,
	opened_at TEXT NOT NULL,
	closed_at TEXT,
	application TEXT NOT NULL,
	id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(user_id) REFERENCES user (id)
)
 STRICT
-- next
CREATE INDEX ix_user_session_user_id ON user_session (user_id)
-- next
CREATE TRIGGER "user_session_no_delete" BEFORE DELETE ON "user_session" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
CREATE TABLE allocation_slot (
	list_id INTEGER NOT NULL,
	number INTEGER NOT NULL,
	commitment TEXT NOT NULL,
	sealed TEXT NOT NULL,
	id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (list_id, number),
	FOREIGN KEY(list_id) REFERENCES allocation_list (id)
)
 STRICT
-- next
CREATE INDEX ix_allocation_slot_list_id ON allocation_slot (list_id)
-- next
CREATE TRIGGER "allocation_slot_no_delete" BEFORE DELETE ON "allocation_slot" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
CREATE TABLE consent (
	consent_version TEXT NOT NULL,
	signed_on TEXT NOT NULL,
	signed_time TEXT NOT NULL,
	explained_by TEXT NOT NULL,
	copy_given TEXT NOT NULL,
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
CREATE INDEX ix_consent_subject_id ON consent (subject_id)
-- next
CREATE TRIGGER "consent_no_delete" BEFORE DELETE ON "consent" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
CREATE TABLE criterion_answer (
	subject_id INTEGER NOT NULL,
	leaf TEXT NOT NULL,
	precheck TEXT NOT NULL,
	precheck_at TEXT,
	precheck_by INTEGER,
	decision TEXT NOT NULL,
	decided_at TEXT,
	decided_by INTEGER,
	reason TEXT NOT NULL,
	source_signer TEXT NOT NULL,
	source_signed_on TEXT,
	source_reference TEXT NOT NULL,
	evidence TEXT NOT NULL,
	readings TEXT NOT NULL,
	id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (subject_id, leaf),
	FOREIGN KEY(subject_id) REFERENCES subject (id),
	FOREIGN KEY(precheck_by) REFERENCES user (id),
	FOREIGN KEY(decided_by) REFERENCES user (id)
)
 STRICT
-- next
CREATE INDEX ix_criterion_answer_subject_id ON criterion_answer (subject_id)
-- next
CREATE TRIGGER "criterion_answer_no_delete" BEFORE DELETE ON "criterion_answer" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
CREATE TABLE deviation (
	subject_id INTEGER,
	code TEXT NOT NULL,
	severity TEXT NOT NULL,
	on_day TEXT NOT NULL,
	facts TEXT NOT NULL,
	about_table TEXT NOT NULL,
	about_id INTEGER,
	progress TEXT NOT NULL CHECK (progress IN ('proposed', 'accepted', 'explained', 'void')),
	explanation TEXT NOT NULL,
	proposed_at TEXT NOT NULL,
	settled_at TEXT,
	settled_by INTEGER,
	id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(subject_id) REFERENCES subject (id),
	FOREIGN KEY(settled_by) REFERENCES user (id)
)
 STRICT
-- next
CREATE INDEX ix_deviation_subject_id ON deviation (subject_id)
-- next
CREATE TRIGGER "deviation_no_delete" BEFORE DELETE ON "deviation" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
CREATE TABLE dispensing (
	drug TEXT NOT NULL,
	lot TEXT NOT NULL,
	kit TEXT NOT NULL,
	expires_on TEXT,
	strength INTEGER NOT NULL,
	unit TEXT NOT NULL,
	count INTEGER NOT NULL,
	on_day TEXT NOT NULL,
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
CREATE INDEX ix_dispensing_subject_id ON dispensing (subject_id)
-- next
CREATE TRIGGER "dispensing_no_delete" BEFORE DELETE ON "dispensing" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
CREATE TABLE disposition (
	kind TEXT NOT NULL CHECK (kind IN ('screen_failure', 'drug_stop', 'completed', 'exit')),
	drug TEXT NOT NULL,
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
	FOREIGN KEY(subject_id) REFERENCES subject (id),
	FOREIGN KEY(recorded_by) REFERENCES user (id)
)
 STRICT
-- next
CREATE INDEX ix_disposition_subject_id ON disposition (subject_id)
-- next
CREATE TRIGGER "disposition_no_delete" BEFORE DELETE ON "disposition" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
CREATE TABLE dose (
	drug TEXT NOT NULL,
	progress TEXT NOT NULL CHECK (progress IN ('prepared', 'given', 'missed')),
	answered_slot INTEGER,
	on_day TEXT NOT NULL,
	started_at TEXT,
	ended_at TEXT,
	observed_until TEXT,
	unit TEXT NOT NULL,
	weight INTEGER,
	weight_day TEXT,
	prescribed INTEGER,
	prepared INTEGER,
	administered INTEGER,
	diluent TEXT NOT NULL,
	diluent_ml INTEGER,
	prepared_at TEXT,
	prepared_by TEXT NOT NULL,
	checked_by TEXT NOT NULL,
	given_by TEXT NOT NULL,
	place TEXT NOT NULL,
	site TEXT NOT NULL,
	reaction TEXT NOT NULL,
	reaction_note TEXT NOT NULL,
	reason TEXT NOT NULL,
	reason_note TEXT NOT NULL,
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
CREATE INDEX ix_dose_drug ON dose (drug)
-- next
CREATE INDEX ix_dose_subject_id ON dose (subject_id)
-- next
CREATE TRIGGER "dose_no_delete" BEFORE DELETE ON "dose" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
CREATE TABLE eligibility_decision (
	subject_id INTEGER NOT NULL,
	verdict TEXT NOT NULL,
	decided_on TEXT NOT NULL,
	content TEXT NOT NULL,
	signature_id INTEGER,
	state TEXT NOT NULL,
	void_reason TEXT NOT NULL,
	voided_at TEXT,
	id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(subject_id) REFERENCES subject (id),
	FOREIGN KEY(signature_id) REFERENCES signature (id)
)
 STRICT
-- next
CREATE INDEX ix_eligibility_decision_subject_id ON eligibility_decision (subject_id)
-- next
CREATE TRIGGER "eligibility_decision_no_delete" BEFORE DELETE ON "eligibility_decision" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
CREATE TABLE identity (
	subject_id INTEGER NOT NULL,
	name TEXT NOT NULL,
	initials TEXT NOT NULL,
	identity_kind TEXT NOT NULL,
	identity_number TEXT NOT NULL,
	phone TEXT NOT NULL,
	id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (subject_id),
	FOREIGN KEY(subject_id) REFERENCES subject (id)
)
 STRICT
-- next
CREATE TRIGGER "identity_no_delete" BEFORE DELETE ON "identity" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
CREATE TABLE protocol_decision (
	code TEXT NOT NULL,
	option TEXT NOT NULL,
	settings TEXT NOT NULL,
	own_words TEXT NOT NULL,
	basis TEXT NOT NULL,
	document TEXT NOT NULL,
	section TEXT NOT NULL,
	approval_number TEXT NOT NULL,
	approved_on TEXT NOT NULL,
	effective_from TEXT NOT NULL,
	reason TEXT NOT NULL,
	decided_at TEXT NOT NULL,
	decided_by INTEGER NOT NULL,
	quotes TEXT NOT NULL,
	quotes_sha256 TEXT NOT NULL,
	signature_id INTEGER,
	withdrawn_on TEXT,
	withdrawn_at TEXT,
	withdrawn_by INTEGER,
	withdrawn_reason TEXT NOT NULL,
	id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(decided_by) REFERENCES user (id),
	FOREIGN KEY(signature_id) REFERENCES signature (id),
	FOREIGN KEY(withdrawn_by) REFERENCES user (id)
)
 STRICT
-- next
CREATE INDEX ix_protocol_decision_code ON protocol_decision (code)
-- next
CREATE TRIGGER "protocol_decision_no_delete" BEFORE DELETE ON "protocol_decision" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
CREATE TABLE "query" (
	subject_id INTEGER,
	about_table TEXT NOT NULL,
	about_id INTEGER NOT NULL,
	field TEXT NOT NULL,
	question TEXT NOT NULL,
	progress TEXT NOT NULL CHECK (progress IN ('open', 'answered', 'closed')),
	raised_at TEXT NOT NULL,
	raised_by INTEGER NOT NULL,
	answer TEXT NOT NULL,
	id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(subject_id) REFERENCES subject (id),
	FOREIGN KEY(raised_by) REFERENCES user (id)
)
 STRICT
-- next
CREATE INDEX ix_query_subject_id ON "query" (subject_id)
-- next
CREATE TRIGGER "query_no_delete" BEFORE DELETE ON "query" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
CREATE TABLE visit (
	code TEXT NOT NULL,
	on_day TEXT,
	not_done_reason TEXT NOT NULL,
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
CREATE INDEX ix_visit_subject_id ON visit (subject_id)
-- next
CREATE TRIGGER "visit_no_delete" BEFORE DELETE ON "visit" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
CREATE TABLE allocation (
	subject_id INTEGER NOT NULL,
	slot_id INTEGER NOT NULL,
	randomisation_number TEXT NOT NULL,
	arm TEXT NOT NULL,
	allocated_at TEXT NOT NULL,
	allocated_by INTEGER NOT NULL,
	signature_id INTEGER NOT NULL,
	id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (subject_id),
	FOREIGN KEY(subject_id) REFERENCES subject (id),
	UNIQUE (slot_id),
	FOREIGN KEY(slot_id) REFERENCES allocation_slot (id),
	UNIQUE (randomisation_number),
	FOREIGN KEY(allocated_by) REFERENCES user (id),
	FOREIGN KEY(signature_id) REFERENCES signature (id)
)
 STRICT
-- next
CREATE TRIGGER "allocation_no_delete" BEFORE DELETE ON "allocation" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
CREATE TABLE dose_vials (
	dose_id INTEGER NOT NULL,
	lot TEXT NOT NULL,
	strength INTEGER NOT NULL,
	unit TEXT NOT NULL,
	count INTEGER NOT NULL,
	id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(dose_id) REFERENCES dose (id)
)
 STRICT
-- next
CREATE INDEX ix_dose_vials_dose_id ON dose_vials (dose_id)
-- next
CREATE TRIGGER "dose_vials_no_delete" BEFORE DELETE ON "dose_vials" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
CREATE TABLE form_record (
	visit_id INTEGER NOT NULL,
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
	FOREIGN KEY(subject_id) REFERENCES subject (id),
	FOREIGN KEY(recorded_by) REFERENCES user (id)
)
 STRICT
-- next
CREATE INDEX ix_form_record_subject_id ON form_record (subject_id)
-- next
CREATE INDEX ix_form_record_visit_id ON form_record (visit_id)
-- next
CREATE TRIGGER "form_record_no_delete" BEFORE DELETE ON "form_record" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
CREATE TABLE paper (
	number INTEGER NOT NULL,
	print_number INTEGER NOT NULL,
	kind TEXT NOT NULL,
	subject_id INTEGER,
	visit_id INTEGER,
	language TEXT NOT NULL,
	signed_on TEXT,
	printed_at TEXT NOT NULL,
	printed_by INTEGER NOT NULL,
	audit_number INTEGER NOT NULL,
	audit_code TEXT NOT NULL,
	content_hash TEXT NOT NULL,
	file_hash TEXT NOT NULL,
	id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(subject_id) REFERENCES subject (id),
	FOREIGN KEY(visit_id) REFERENCES visit (id),
	FOREIGN KEY(printed_by) REFERENCES user (id)
)
 STRICT
-- next
CREATE INDEX ix_paper_subject_id ON paper (subject_id)
-- next
CREATE TRIGGER "paper_no_delete" BEFORE DELETE ON "paper" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
CREATE TABLE sample (
	visit_id INTEGER NOT NULL,
	panel TEXT NOT NULL,
	laboratory_id INTEGER NOT NULL,
	report_number TEXT NOT NULL,
	drawn_at TEXT NOT NULL,
	fasting TEXT NOT NULL,
	dose_relation TEXT NOT NULL,
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
	FOREIGN KEY(laboratory_id) REFERENCES laboratory (id),
	FOREIGN KEY(subject_id) REFERENCES subject (id),
	FOREIGN KEY(recorded_by) REFERENCES user (id)
)
 STRICT
-- next
CREATE INDEX ix_sample_subject_id ON sample (subject_id)
-- next
CREATE INDEX ix_sample_visit_id ON sample (visit_id)
-- next
CREATE TRIGGER "sample_no_delete" BEFORE DELETE ON "sample" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
CREATE TABLE answer (
	form_record_id INTEGER NOT NULL,
	field TEXT NOT NULL,
	number INTEGER,
	comparator TEXT NOT NULL,
	typed TEXT NOT NULL,
	unit TEXT NOT NULL,
	text TEXT,
	day TEXT,
	choice TEXT,
	missing TEXT,
	kept_reason TEXT NOT NULL,
	id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (form_record_id, field),
	CHECK ((number IS NOT NULL) + (text IS NOT NULL) + (day IS NOT NULL) + (choice IS NOT NULL) + (missing IS NOT NULL) = 1),
	FOREIGN KEY(form_record_id) REFERENCES form_record (id)
)
 STRICT
-- next
CREATE INDEX ix_answer_form_record_id ON answer (form_record_id)
-- next
CREATE TRIGGER "answer_no_delete" BEFORE DELETE ON "answer" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
CREATE TABLE result (
	sample_id INTEGER NOT NULL,
	analyte TEXT NOT NULL,
	typed TEXT NOT NULL,
	comparator TEXT NOT NULL,
	value INTEGER,
	unit TEXT NOT NULL,
	text TEXT,
	standard_value INTEGER,
	standard_unit TEXT NOT NULL,
	missing TEXT,
	low INTEGER,
	high INTEGER,
	low_inclusive INTEGER NOT NULL,
	high_inclusive INTEGER NOT NULL,
	range_source TEXT NOT NULL,
	flag TEXT NOT NULL,
	grade INTEGER,
	grade_reason TEXT NOT NULL,
	grade_version TEXT NOT NULL,
	kept_reason TEXT NOT NULL,
	significance TEXT NOT NULL,
	judged_signer TEXT NOT NULL,
	judged_signed_on TEXT,
	judged_reference TEXT NOT NULL,
	id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (sample_id, analyte),
	FOREIGN KEY(sample_id) REFERENCES sample (id)
)
 STRICT
-- next
CREATE INDEX ix_result_analyte ON result (analyte)
-- next
CREATE INDEX ix_result_sample_id ON result (sample_id)
-- next
CREATE TRIGGER "result_no_delete" BEFORE DELETE ON "result" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END
-- next
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END
-- next
CREATE TRIGGER audit_in_sequence BEFORE INSERT ON audit WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM audit) BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END
-- next
