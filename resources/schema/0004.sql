-- Schema 4: the calendar of the site, with its holidays and make-up working days; lists of words that are
-- offered while typing, loaded by a person.
-- next
CREATE TABLE site_day (
	on_day TEXT NOT NULL,
	kind TEXT NOT NULL,
	name_en TEXT NOT NULL,
	name_zh TEXT NOT NULL,
	document TEXT NOT NULL,
	confirmed INTEGER NOT NULL,
	recorded_at TEXT NOT NULL,
	recorded_by INTEGER NOT NULL,
	state TEXT NOT NULL,
	void_reason TEXT NOT NULL,
	id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	CHECK (kind IN ('holiday', 'worked', 'year')),
	CHECK (state IN ('current', 'void')),
	CHECK ((state = 'void') = (void_reason <> '')),
	FOREIGN KEY(recorded_by) REFERENCES user (id)
)
 STRICT
-- next
CREATE TRIGGER "site_day_no_delete" BEFORE DELETE ON "site_day" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
CREATE TABLE word_list (
	offers TEXT NOT NULL,
	file_name TEXT NOT NULL,
	sha256 TEXT NOT NULL,
	content TEXT NOT NULL,
	entries INTEGER NOT NULL,
	refused INTEGER NOT NULL,
	loaded_at TEXT NOT NULL,
	loaded_by INTEGER NOT NULL,
	id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(loaded_by) REFERENCES user (id)
)
 STRICT
-- next
CREATE TRIGGER "word_list_no_delete" BEFORE DELETE ON "word_list" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
-- next
