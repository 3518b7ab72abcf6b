-- Schema 5: in words where and with what a dose was given, where that is in no list, and when an infusion that was
-- prepared and not given was discarded; from when on a version of the consent form is used; whose ink a line of the
-- delegation log and a settled deviation were typed from; in which time zone a person sat down.
-- next
ALTER TABLE dose ADD COLUMN diluent_note TEXT NOT NULL DEFAULT ''
-- next
ALTER TABLE dose ADD COLUMN place_note TEXT NOT NULL DEFAULT ''
-- next
ALTER TABLE dose ADD COLUMN site_note TEXT NOT NULL DEFAULT ''
-- next
ALTER TABLE dose ADD COLUMN discarded_on TEXT
-- next
ALTER TABLE consent_version ADD COLUMN used_from TEXT
-- next
ALTER TABLE delegation ADD COLUMN source_signer TEXT NOT NULL DEFAULT ''
-- next
ALTER TABLE delegation ADD COLUMN source_signed_on TEXT
-- next
ALTER TABLE delegation ADD COLUMN source_reference TEXT NOT NULL DEFAULT ''
-- next
ALTER TABLE deviation ADD COLUMN source_signer TEXT NOT NULL DEFAULT ''
-- next
ALTER TABLE deviation ADD COLUMN source_signed_on TEXT
-- next
ALTER TABLE deviation ADD COLUMN source_reference TEXT NOT NULL DEFAULT ''
-- next
ALTER TABLE user_session ADD COLUMN zone TEXT NOT NULL DEFAULT ''
