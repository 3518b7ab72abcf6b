-- Schema 8: for which withdrawn scopes a consent was said to take up consent again. Nothing where nobody was asked.
-- next
ALTER TABLE consent ADD COLUMN takes_up_treatment TEXT CHECK (takes_up_treatment IN ('', 'Y', 'N'))
-- next
ALTER TABLE consent ADD COLUMN takes_up_visits TEXT CHECK (takes_up_visits IN ('', 'Y', 'N'))
-- next
ALTER TABLE consent ADD COLUMN takes_up_samples TEXT CHECK (takes_up_samples IN ('', 'Y', 'N'))
-- next
ALTER TABLE consent ADD COLUMN takes_up_data TEXT CHECK (takes_up_data IN ('', 'Y', 'N'))
