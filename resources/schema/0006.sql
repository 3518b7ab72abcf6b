-- Schema 6: a panel for which no blood was drawn, with the reason and without a time that nobody drew at.
-- next
CREATE TABLE not_drawn (
	visit_id INTEGER NOT NULL,
	panel TEXT NOT NULL,
	reason TEXT NOT NULL,
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
CREATE INDEX ix_not_drawn_subject_id ON not_drawn (subject_id)
-- next
CREATE INDEX ix_not_drawn_visit_id ON not_drawn (visit_id)
-- next
CREATE TRIGGER "not_drawn_no_delete" BEFORE DELETE ON "not_drawn" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
