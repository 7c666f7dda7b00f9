-- How full the columns of each center's last accepted export are, and what a run's export looked like.

CREATE TABLE control.filled_cells (
    center_id VARCHAR NOT NULL,
    item VARCHAR NOT NULL,
    record_count BIGINT NOT NULL,
    filled_count BIGINT NOT NULL
);

ALTER TABLE control.run_input ADD COLUMN header_sha256 VARCHAR;
ALTER TABLE control.run_input ADD COLUMN agency_count BIGINT;
ALTER TABLE control.run_input ADD COLUMN site_count BIGINT;
ALTER TABLE control.run_input ADD COLUMN service_count BIGINT;
ALTER TABLE control.run_input ADD COLUMN service_at_site_count BIGINT;
