-- Why a street address is kept private, where the source says so.

ALTER TABLE core.address ADD COLUMN withheld_reason VARCHAR;
