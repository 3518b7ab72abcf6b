-- Schema 4: lists of words that are offered while typing, loaded by a person.
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
