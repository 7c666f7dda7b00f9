-- Where pairs stand after verdicts, and groups under ids that last. Groups are recomputed every night, so the table is made anew.

DROP TABLE matching.cluster;
CREATE TABLE matching.cluster (
    cluster_id VARCHAR NOT NULL,
    center_id VARCHAR NOT NULL,
    record_uid VARCHAR NOT NULL,
    weakest_score DOUBLE NOT NULL,
    size BIGINT NOT NULL,
    is_confirmed BOOLEAN NOT NULL,
    is_held_for_review BOOLEAN NOT NULL,
    weakest_pair_id VARCHAR,
    is_anchor BOOLEAN,
    since DATE
);

CREATE TABLE matching.cluster_alias (
    alias_id VARCHAR NOT NULL,
    cluster_id VARCHAR NOT NULL
);

CREATE TABLE matching.pair_state (
    pair_id VARCHAR NOT NULL,
    center_id_a VARCHAR NOT NULL,
    uid_a VARCHAR NOT NULL,
    center_id_b VARCHAR NOT NULL,
    uid_b VARCHAR NOT NULL,
    standing VARCHAR NOT NULL,
    verdict VARCHAR,
    basis VARCHAR,
    decided_by VARCHAR,
    decided_at TIMESTAMP,
    reason VARCHAR,
    agreeing BIGINT NOT NULL,
    entry BIGINT,
    told VARCHAR
);
