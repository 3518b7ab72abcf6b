-- Schema 2: the day on which a person was trained in this application.
-- next
ALTER TABLE user ADD COLUMN trained_on TEXT
-- next
