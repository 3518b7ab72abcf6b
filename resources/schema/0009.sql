-- Schema 9: an arm told outside may have no row of a list.
-- next
CREATE TABLE allocation_of_now (
	subject_id INTEGER NOT NULL,
	slot_id INTEGER,
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
INSERT INTO allocation_of_now
	(subject_id, slot_id, randomisation_number, arm, allocated_at, allocated_by, signature_id, id, version)
	SELECT subject_id, slot_id, randomisation_number, arm, allocated_at, allocated_by, signature_id, id, version
	FROM allocation
-- next
DROP TABLE allocation
-- next
ALTER TABLE allocation_of_now RENAME TO allocation
-- next
CREATE TRIGGER "allocation_no_delete" BEFORE DELETE ON "allocation" BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END
