-- Street, unit and ZIP digits beside the lines as delivered, and where a county comes from.

ALTER TABLE core.site ADD COLUMN street VARCHAR;
ALTER TABLE core.site ADD COLUMN unit VARCHAR;
ALTER TABLE core.site ADD COLUMN postal_code5 VARCHAR;
ALTER TABLE core.site ADD COLUMN postal_code4 VARCHAR;

ALTER TABLE core.address ADD COLUMN street VARCHAR;
ALTER TABLE core.address ADD COLUMN unit VARCHAR;
ALTER TABLE core.address ADD COLUMN county_origin VARCHAR;
ALTER TABLE core.address ADD COLUMN postal_code5 VARCHAR;
ALTER TABLE core.address ADD COLUMN postal_code4 VARCHAR;
