-- Times are Unix milliseconds. Ids of installations, repositories and check runs are GitHub's.

CREATE TABLE installations (
    id         BIGINT PRIMARY KEY,
    account    TEXT    NOT NULL,
    suspended  BOOLEAN NOT NULL DEFAULT FALSE,
    updated_at BIGINT NOT NULL
);

-- An installation's id never returns, so that an event which arrives after its removal can be told.
CREATE TABLE removed_installations (
    id         BIGINT PRIMARY KEY,
    removed_at BIGINT NOT NULL
);

CREATE TABLE repositories (
    id              BIGINT PRIMARY KEY,
    installation_id BIGINT NOT NULL REFERENCES installations (id) ON DELETE CASCADE,
    owner           TEXT    NOT NULL,
    name            TEXT    NOT NULL,
    default_branch  TEXT    NOT NULL,
    private         BOOLEAN NOT NULL,
    updated_at      BIGINT NOT NULL
);
CREATE INDEX repositories_installation ON repositories (installation_id);

CREATE TABLE pulls (
    repository_id BIGINT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    number        BIGINT NOT NULL,
    head_sha      TEXT    NOT NULL,
    base_ref      TEXT    NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN ('open', 'closed')),
    draft         BOOLEAN NOT NULL,
    updated_at    BIGINT NOT NULL, -- by GitHub, in whole seconds
    seen_at       BIGINT NOT NULL,
    PRIMARY KEY (repository_id, number)
);
CREATE INDEX pulls_head ON pulls (repository_id, head_sha);

CREATE TABLE merge_groups (
    repository_id BIGINT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    head_sha      TEXT    NOT NULL,
    base_sha      TEXT    NOT NULL,
    base_ref      TEXT    NOT NULL,
    seen_at       BIGINT NOT NULL,
    PRIMARY KEY (repository_id, head_sha)
);

CREATE TABLE results (
    repository_id  BIGINT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    number         BIGINT NOT NULL, -- 0 for a merge group
    head_sha       TEXT    NOT NULL,
    target_sha     TEXT    NOT NULL,
    merge_base_sha TEXT    NOT NULL,
    rules          TEXT    NOT NULL,
    saved_at       BIGINT NOT NULL,
    size           BIGINT NOT NULL, -- of the body before compression
    body           BYTEA    NOT NULL, -- gzip
    PRIMARY KEY (repository_id, number, head_sha, target_sha, merge_base_sha, rules)
);
CREATE INDEX results_latest ON results (repository_id, number, saved_at);

CREATE TABLE published (
    repository_id BIGINT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    sha           TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    check_run_id  BIGINT NOT NULL,
    digest        TEXT    NOT NULL,
    written_at    BIGINT NOT NULL,
    PRIMARY KEY (repository_id, sha, name)
);

CREATE TABLE deliveries (
    guid            TEXT    PRIMARY KEY,
    event           TEXT    NOT NULL,
    action          TEXT    NOT NULL,
    installation_id BIGINT NOT NULL, -- 0 when it names none, and so on below
    repository_id   BIGINT NOT NULL,
    number          BIGINT NOT NULL,
    received_at     BIGINT NOT NULL,
    state           TEXT    NOT NULL CHECK (state IN ('queued', 'succeeded', 'failed', 'ignored')),
    attempts        BIGINT NOT NULL DEFAULT 0,
    last_error      TEXT    NOT NULL DEFAULT ''
);
CREATE INDEX deliveries_received ON deliveries (received_at);
CREATE INDEX deliveries_repository ON deliveries (repository_id);

CREATE TABLE delivery_jobs (
    guid   TEXT    NOT NULL REFERENCES deliveries (guid) ON DELETE CASCADE,
    job_id BIGINT NOT NULL,
    state  TEXT    NOT NULL CHECK (state IN ('queued', 'succeeded', 'failed', 'ignored')),
    PRIMARY KEY (guid, job_id)
);
CREATE INDEX delivery_jobs_job ON delivery_jobs (job_id);

-- The jobs that are not finished, with what they are about.
CREATE TABLE open_jobs (
    job_id          BIGINT PRIMARY KEY,
    kind            TEXT    NOT NULL,
    installation_id BIGINT NOT NULL,
    repository_id   BIGINT NOT NULL,
    number          BIGINT NOT NULL,
    head_sha        TEXT    NOT NULL,
    wakes           BIGINT NOT NULL DEFAULT 0 -- how often the same work was asked for since
);
CREATE INDEX open_jobs_pull ON open_jobs (repository_id, number);

CREATE TABLE processes (
    id         TEXT    PRIMARY KEY,
    started_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL
);

CREATE TABLE leases (
    name       TEXT    PRIMARY KEY,
    owner      TEXT    NOT NULL,
    token      BIGINT NOT NULL, -- grows with every owner
    expires_at BIGINT NOT NULL
);

CREATE TABLE writes (
    installation_id BIGINT PRIMARY KEY,
    sent            BYTEA NOT NULL -- the times of the last writes, big-endian int64, oldest first
);

CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value BYTEA NOT NULL
);
