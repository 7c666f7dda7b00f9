-- All tables of the first release. Column meanings: docs/data-dictionary.md (from the contracts in schemas/).

CREATE TABLE control.run (
    run_id VARCHAR NOT NULL,
    started_at TIMESTAMP NOT NULL,
    as_of DATE NOT NULL,
    status VARCHAR NOT NULL,
    program_version VARCHAR NOT NULL,
    settings VARCHAR NOT NULL,
    night VARCHAR NOT NULL
);

CREATE TABLE control.run_input (
    run_id VARCHAR NOT NULL,
    center_id VARCHAR NOT NULL,
    format_name VARCHAR NOT NULL,
    format_version VARCHAR NOT NULL,
    delivery VARCHAR NOT NULL,
    input_sha256 VARCHAR NOT NULL,
    rows_read BIGINT NOT NULL,
    rows_rejected BIGINT NOT NULL,
    added BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    removed BIGINT NOT NULL,
    rekeyed BIGINT NOT NULL
);

CREATE TABLE control.input_file (
    run_id VARCHAR NOT NULL,
    center_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL,
    bytes_count BIGINT NOT NULL,
    encoding VARCHAR NOT NULL,
    newline VARCHAR NOT NULL,
    separator VARCHAR NOT NULL,
    rows_read BIGINT NOT NULL,
    rows_rejected BIGINT NOT NULL,
    rows_blank BIGINT NOT NULL
);

CREATE TABLE control.carried (
    center_id VARCHAR NOT NULL,
    item VARCHAR NOT NULL
);

CREATE TABLE control.layout_note (
    center_id VARCHAR NOT NULL,
    remark VARCHAR,
    remark_kind VARCHAR NOT NULL
);

CREATE SCHEMA raw;

CREATE TABLE raw.header (
    center_id VARCHAR NOT NULL,
    source_file VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    column_name VARCHAR NOT NULL,
    column_written VARCHAR NOT NULL
);

CREATE TABLE raw.row (
    center_id VARCHAR NOT NULL,
    source_file VARCHAR NOT NULL,
    source_line BIGINT NOT NULL,
    row_hash VARCHAR NOT NULL,
    cells VARCHAR[] NOT NULL
);

CREATE TABLE raw.reject (
    center_id VARCHAR NOT NULL,
    source_file VARCHAR NOT NULL,
    source_line BIGINT NOT NULL,
    reason VARCHAR NOT NULL,
    text VARCHAR NOT NULL
);

CREATE SCHEMA core;

CREATE TABLE core.agency (
    center_id VARCHAR NOT NULL,
    record_uid VARCHAR NOT NULL,
    native_id VARCHAR,
    origin VARCHAR NOT NULL,
    source_file VARCHAR,
    source_line BIGINT,
    kind VARCHAR NOT NULL,
    agency_uid VARCHAR,
    agency_native_id VARCHAR,
    prior_native_id VARCHAR,
    language_of_record VARCHAR,
    name VARCHAR,
    name_written VARCHAR,
    name_key VARCHAR,
    aka VARCHAR[] NOT NULL,
    description VARCHAR,
    description_written VARCHAR,
    status VARCHAR NOT NULL,
    status_written VARCHAR,
    is_counted BOOLEAN NOT NULL,
    not_counted_reason VARCHAR,
    record_owner VARCHAR,
    curator VARCHAR,
    created_on DATE,
    created_on_written VARCHAR,
    edited_on DATE,
    edited_on_written VARCHAR,
    verified_on DATE,
    verified_on_written VARCHAR,
    inactive_on DATE,
    verified_by VARCHAR,
    verified_by_title VARCHAR,
    verified_by_email VARCHAR,
    verification_method VARCHAR,
    withheld_reason VARCHAR,
    is_confidential_place BOOLEAN NOT NULL,
    exclude_from_website BOOLEAN,
    exclude_from_directory BOOLEAN,
    available_for_directory BOOLEAN,
    available_for_referral BOOLEAN,
    available_for_research BOOLEAN,
    url VARCHAR,
    url_written VARCHAR,
    url_domain_key VARCHAR,
    email VARCHAR,
    email_written VARCHAR,
    county VARCHAR,
    hours VARCHAR,
    languages VARCHAR[] NOT NULL,
    accessibility VARCHAR,
    transportation VARCHAR,
    accreditations VARCHAR,
    alert VARCHAR,
    alert_from_on DATE,
    alert_to_on DATE,
    parent_uid VARCHAR,
    parent_native_id VARCHAR,
    legal_status VARCHAR,
    tax_status VARCHAR,
    ein VARCHAR,
    ein_written VARCHAR,
    year_incorporated BIGINT,
    year_incorporated_written VARCHAR,
    funding VARCHAR
);

CREATE TABLE core.site (
    center_id VARCHAR NOT NULL,
    record_uid VARCHAR NOT NULL,
    native_id VARCHAR,
    origin VARCHAR NOT NULL,
    source_file VARCHAR,
    source_line BIGINT,
    kind VARCHAR NOT NULL,
    agency_uid VARCHAR,
    agency_native_id VARCHAR,
    prior_native_id VARCHAR,
    language_of_record VARCHAR,
    name VARCHAR,
    name_written VARCHAR,
    name_key VARCHAR,
    aka VARCHAR[] NOT NULL,
    description VARCHAR,
    description_written VARCHAR,
    status VARCHAR NOT NULL,
    status_written VARCHAR,
    is_counted BOOLEAN NOT NULL,
    not_counted_reason VARCHAR,
    record_owner VARCHAR,
    curator VARCHAR,
    created_on DATE,
    created_on_written VARCHAR,
    edited_on DATE,
    edited_on_written VARCHAR,
    verified_on DATE,
    verified_on_written VARCHAR,
    inactive_on DATE,
    verified_by VARCHAR,
    verified_by_title VARCHAR,
    verified_by_email VARCHAR,
    verification_method VARCHAR,
    withheld_reason VARCHAR,
    is_confidential_place BOOLEAN NOT NULL,
    exclude_from_website BOOLEAN,
    exclude_from_directory BOOLEAN,
    available_for_directory BOOLEAN,
    available_for_referral BOOLEAN,
    available_for_research BOOLEAN,
    url VARCHAR,
    url_written VARCHAR,
    url_domain_key VARCHAR,
    email VARCHAR,
    email_written VARCHAR,
    county VARCHAR,
    hours VARCHAR,
    languages VARCHAR[] NOT NULL,
    accessibility VARCHAR,
    transportation VARCHAR,
    accreditations VARCHAR,
    alert VARCHAR,
    alert_from_on DATE,
    alert_to_on DATE,
    location_type VARCHAR NOT NULL,
    line1 VARCHAR,
    line2 VARCHAR,
    city VARCHAR,
    state VARCHAR,
    postal_code VARCHAR,
    country VARCHAR,
    latitude DOUBLE,
    latitude_written VARCHAR,
    longitude DOUBLE,
    longitude_written VARCHAR,
    address_key VARCHAR,
    is_address_private BOOLEAN NOT NULL
);

CREATE TABLE core.service (
    center_id VARCHAR NOT NULL,
    record_uid VARCHAR NOT NULL,
    native_id VARCHAR,
    origin VARCHAR NOT NULL,
    source_file VARCHAR,
    source_line BIGINT,
    kind VARCHAR NOT NULL,
    agency_uid VARCHAR,
    agency_native_id VARCHAR,
    prior_native_id VARCHAR,
    language_of_record VARCHAR,
    name VARCHAR,
    name_written VARCHAR,
    name_key VARCHAR,
    aka VARCHAR[] NOT NULL,
    description VARCHAR,
    description_written VARCHAR,
    status VARCHAR NOT NULL,
    status_written VARCHAR,
    is_counted BOOLEAN NOT NULL,
    not_counted_reason VARCHAR,
    record_owner VARCHAR,
    curator VARCHAR,
    created_on DATE,
    created_on_written VARCHAR,
    edited_on DATE,
    edited_on_written VARCHAR,
    verified_on DATE,
    verified_on_written VARCHAR,
    inactive_on DATE,
    verified_by VARCHAR,
    verified_by_title VARCHAR,
    verified_by_email VARCHAR,
    verification_method VARCHAR,
    withheld_reason VARCHAR,
    is_confidential_place BOOLEAN NOT NULL,
    exclude_from_website BOOLEAN,
    exclude_from_directory BOOLEAN,
    available_for_directory BOOLEAN,
    available_for_referral BOOLEAN,
    available_for_research BOOLEAN,
    url VARCHAR,
    url_written VARCHAR,
    url_domain_key VARCHAR,
    email VARCHAR,
    email_written VARCHAR,
    county VARCHAR,
    hours VARCHAR,
    languages VARCHAR[] NOT NULL,
    accessibility VARCHAR,
    transportation VARCHAR,
    accreditations VARCHAR,
    alert VARCHAR,
    alert_from_on DATE,
    alert_to_on DATE,
    eligibility VARCHAR,
    minimum_age DOUBLE,
    maximum_age DOUBLE,
    area_served VARCHAR,
    area_served_units VARCHAR[] NOT NULL,
    fees VARCHAR,
    payment_methods VARCHAR[] NOT NULL,
    documents VARCHAR,
    intake VARCHAR,
    wait_time VARCHAR,
    availability VARCHAR,
    capacity VARCHAR
);

CREATE TABLE core.service_at_site (
    center_id VARCHAR NOT NULL,
    record_uid VARCHAR NOT NULL,
    native_id VARCHAR,
    origin VARCHAR NOT NULL,
    source_file VARCHAR,
    source_line BIGINT,
    kind VARCHAR NOT NULL,
    agency_uid VARCHAR,
    agency_native_id VARCHAR,
    prior_native_id VARCHAR,
    language_of_record VARCHAR,
    name VARCHAR,
    name_written VARCHAR,
    name_key VARCHAR,
    aka VARCHAR[] NOT NULL,
    description VARCHAR,
    description_written VARCHAR,
    status VARCHAR NOT NULL,
    status_written VARCHAR,
    is_counted BOOLEAN NOT NULL,
    not_counted_reason VARCHAR,
    record_owner VARCHAR,
    curator VARCHAR,
    created_on DATE,
    created_on_written VARCHAR,
    edited_on DATE,
    edited_on_written VARCHAR,
    verified_on DATE,
    verified_on_written VARCHAR,
    inactive_on DATE,
    verified_by VARCHAR,
    verified_by_title VARCHAR,
    verified_by_email VARCHAR,
    verification_method VARCHAR,
    withheld_reason VARCHAR,
    is_confidential_place BOOLEAN NOT NULL,
    exclude_from_website BOOLEAN,
    exclude_from_directory BOOLEAN,
    available_for_directory BOOLEAN,
    available_for_referral BOOLEAN,
    available_for_research BOOLEAN,
    url VARCHAR,
    url_written VARCHAR,
    url_domain_key VARCHAR,
    email VARCHAR,
    email_written VARCHAR,
    county VARCHAR,
    hours VARCHAR,
    languages VARCHAR[] NOT NULL,
    accessibility VARCHAR,
    transportation VARCHAR,
    accreditations VARCHAR,
    alert VARCHAR,
    alert_from_on DATE,
    alert_to_on DATE,
    eligibility VARCHAR,
    minimum_age DOUBLE,
    maximum_age DOUBLE,
    area_served VARCHAR,
    area_served_units VARCHAR[] NOT NULL,
    fees VARCHAR,
    payment_methods VARCHAR[] NOT NULL,
    documents VARCHAR,
    intake VARCHAR,
    wait_time VARCHAR,
    availability VARCHAR,
    capacity VARCHAR,
    service_uid VARCHAR,
    service_native_id VARCHAR,
    site_uid VARCHAR,
    site_native_id VARCHAR,
    link_only BOOLEAN NOT NULL
);

CREATE TABLE core.phone (
    center_id VARCHAR NOT NULL,
    record_uid VARCHAR NOT NULL,
    native_id VARCHAR,
    origin VARCHAR NOT NULL,
    source_file VARCHAR,
    source_line BIGINT,
    owner_kind VARCHAR NOT NULL,
    owner_uid VARCHAR NOT NULL,
    slot VARCHAR NOT NULL,
    number_written VARCHAR NOT NULL,
    e164 VARCHAR,
    short_code VARCHAR,
    extension VARCHAR,
    type VARCHAR,
    type_written VARCHAR,
    label VARCHAR,
    note VARCHAR,
    is_private BOOLEAN NOT NULL
);

CREATE TABLE core.address (
    center_id VARCHAR NOT NULL,
    record_uid VARCHAR NOT NULL,
    native_id VARCHAR,
    origin VARCHAR NOT NULL,
    source_file VARCHAR,
    source_line BIGINT,
    owner_kind VARCHAR NOT NULL,
    owner_uid VARCHAR NOT NULL,
    slot VARCHAR NOT NULL,
    address_kind VARCHAR NOT NULL,
    attention VARCHAR,
    line1 VARCHAR,
    line2 VARCHAR,
    city VARCHAR,
    county VARCHAR,
    county_written VARCHAR,
    state VARCHAR,
    state_written VARCHAR,
    postal_code VARCHAR,
    country VARCHAR,
    latitude DOUBLE,
    latitude_written VARCHAR,
    longitude DOUBLE,
    longitude_written VARCHAR,
    directions VARCHAR,
    address_key VARCHAR,
    house_number_key VARCHAR,
    is_private BOOLEAN NOT NULL,
    is_flagged_private BOOLEAN
);

CREATE TABLE core.contact (
    center_id VARCHAR NOT NULL,
    record_uid VARCHAR NOT NULL,
    native_id VARCHAR,
    origin VARCHAR NOT NULL,
    source_file VARCHAR,
    source_line BIGINT,
    owner_kind VARCHAR NOT NULL,
    owner_uid VARCHAR NOT NULL,
    slot VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    name VARCHAR,
    title VARCHAR,
    email VARCHAR,
    phone VARCHAR,
    is_private BOOLEAN NOT NULL
);

CREATE TABLE core.taxonomy_link (
    center_id VARCHAR NOT NULL,
    record_uid VARCHAR NOT NULL,
    native_id VARCHAR,
    origin VARCHAR NOT NULL,
    source_file VARCHAR,
    source_line BIGINT,
    owner_kind VARCHAR NOT NULL,
    owner_uid VARCHAR NOT NULL,
    slot VARCHAR NOT NULL,
    code VARCHAR NOT NULL,
    target_code VARCHAR,
    joined_codes VARCHAR[] NOT NULL,
    link_written VARCHAR NOT NULL,
    term VARCHAR,
    is_repeated BOOLEAN NOT NULL
);

CREATE TABLE core.schedule (
    center_id VARCHAR NOT NULL,
    record_uid VARCHAR NOT NULL,
    native_id VARCHAR,
    origin VARCHAR NOT NULL,
    source_file VARCHAR,
    source_line BIGINT,
    owner_kind VARCHAR NOT NULL,
    owner_uid VARCHAR NOT NULL,
    slot VARCHAR NOT NULL,
    weekday VARCHAR NOT NULL,
    opens_at TIME NOT NULL,
    closes_at TIME NOT NULL,
    note VARCHAR
);

CREATE TABLE core.translation (
    center_id VARCHAR NOT NULL,
    record_uid VARCHAR NOT NULL,
    native_id VARCHAR,
    origin VARCHAR NOT NULL,
    source_file VARCHAR,
    source_line BIGINT,
    kind VARCHAR NOT NULL,
    language_of_record VARCHAR NOT NULL,
    name VARCHAR,
    description VARCHAR,
    status VARCHAR NOT NULL,
    edited_on DATE,
    verified_on DATE
);

CREATE SCHEMA quality;

CREATE TABLE quality.note (
    center_id VARCHAR NOT NULL,
    record_uid VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    note_kind VARCHAR NOT NULL,
    field VARCHAR NOT NULL,
    value_written VARCHAR,
    is_private BOOLEAN NOT NULL
);

CREATE TABLE quality.finding (
    finding_id VARCHAR NOT NULL,
    center_id VARCHAR NOT NULL,
    record_uid VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    native_id VARCHAR,
    record_name VARCHAR,
    agency_uid VARCHAR,
    curator VARCHAR,
    rule_id VARCHAR NOT NULL,
    severity VARCHAR NOT NULL,
    is_held_back BOOLEAN NOT NULL,
    field VARCHAR NOT NULL,
    value VARCHAR,
    expected VARCHAR NOT NULL,
    message VARCHAR NOT NULL,
    how_to_fix VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    first_seen_on DATE NOT NULL,
    last_seen_on DATE NOT NULL,
    closed_on DATE
);

CREATE TABLE quality.not_applicable (
    center_id VARCHAR NOT NULL,
    rule_id VARCHAR NOT NULL,
    reason VARCHAR NOT NULL
);

CREATE SCHEMA matching;

CREATE TABLE matching.block (
    block VARCHAR NOT NULL,
    pair_count BIGINT NOT NULL,
    new_pair_count BIGINT NOT NULL,
    capped_key_count BIGINT NOT NULL,
    capped_record_count BIGINT NOT NULL
);

CREATE TABLE matching.scored_pair (
    pair_id VARCHAR NOT NULL,
    center_id_a VARCHAR NOT NULL,
    uid_a VARCHAR NOT NULL,
    center_id_b VARCHAR NOT NULL,
    uid_b VARCHAR NOT NULL,
    score DOUBLE NOT NULL,
    band VARCHAR NOT NULL,
    relation VARCHAR,
    blocks VARCHAR[] NOT NULL
);

CREATE TABLE matching.pair_reason (
    pair_id VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    signal VARCHAR NOT NULL,
    a VARCHAR,
    b VARCHAR,
    weight DOUBLE NOT NULL,
    text VARCHAR NOT NULL
);

CREATE TABLE matching.cluster (
    cluster_id VARCHAR NOT NULL,
    center_id VARCHAR NOT NULL,
    record_uid VARCHAR NOT NULL,
    weakest_score DOUBLE NOT NULL,
    size BIGINT NOT NULL
);

CREATE SCHEMA auditing;

CREATE TABLE auditing.draw (
    batch_id VARCHAR NOT NULL,
    method VARCHAR NOT NULL,
    unit VARCHAR NOT NULL,
    seed VARCHAR NOT NULL,
    algorithm VARCHAR NOT NULL,
    as_of DATE NOT NULL,
    center_id VARCHAR,
    frame_size BIGINT NOT NULL,
    frame_sha256 VARCHAR NOT NULL,
    size BIGINT NOT NULL,
    snapshot VARCHAR
);

CREATE TABLE auditing.draw_item (
    batch_id VARCHAR NOT NULL,
    rank BIGINT NOT NULL,
    center_id VARCHAR NOT NULL,
    record_uid VARCHAR NOT NULL,
    native_id VARCHAR,
    name VARCHAR,
    stratum VARCHAR NOT NULL,
    u DOUBLE NOT NULL,
    inclusion_probability DOUBLE NOT NULL,
    auditor VARCHAR,
    second_rater VARCHAR
);

CREATE SCHEMA measure;

CREATE TABLE measure.measure (
    as_of DATE NOT NULL,
    center_id VARCHAR,
    measure VARCHAR NOT NULL,
    dimension VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    numerator DOUBLE,
    denominator DOUBLE,
    unknown DOUBLE,
    share DOUBLE,
    reason VARCHAR,
    run_id VARCHAR NOT NULL
);

-- Versions of records over the nights are kept here by a later migration.
CREATE SCHEMA history;
