-- Times are Unix milliseconds. Ids of installations, repositories and check runs are GitHub's.

CREATE TABLE installations (
    id         INTEGER PRIMARY KEY,
    account    TEXT    NOT NULL,
    suspended  INTEGER NOT NULL DEFAULT 0,
    updated_at INTEGER NOT NULL
) STRICT;

-- An installation's id never returns, so that an event which arrives after its removal can be told.
CREATE TABLE removed_installations (
    id         INTEGER PRIMARY KEY,
    removed_at INTEGER NOT NULL
) STRICT;

CREATE TABLE repositories (
    id              INTEGER PRIMARY KEY,
    installation_id INTEGER NOT NULL REFERENCES installations (id) ON DELETE CASCADE,
    owner           TEXT    NOT NULL,
    name            TEXT    NOT NULL,
    default_branch  TEXT    NOT NULL,
    private         INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL
) STRICT;
CREATE INDEX repositories_installation ON repositories (installation_id);

CREATE TABLE pulls (
    repository_id INTEGER NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    number        INTEGER NOT NULL,
    head_sha      TEXT    NOT NULL,
    base_ref      TEXT    NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN ('open', 'closed')),
    draft         INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL, -- by GitHub, in whole seconds
    seen_at       INTEGER NOT NULL,
    PRIMARY KEY (repository_id, number)
) STRICT;
CREATE INDEX pulls_head ON pulls (repository_id, head_sha);

CREATE TABLE merge_groups (
    repository_id INTEGER NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    head_sha      TEXT    NOT NULL,
    base_sha      TEXT    NOT NULL,
    base_ref      TEXT    NOT NULL,
    seen_at       INTEGER NOT NULL,
    PRIMARY KEY (repository_id, head_sha)
) STRICT;

CREATE TABLE results (
    repository_id  INTEGER NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    number         INTEGER NOT NULL, -- 0 for a merge group
    head_sha       TEXT    NOT NULL,
    target_sha     TEXT    NOT NULL,
    merge_base_sha TEXT    NOT NULL,
    rules          TEXT    NOT NULL,
    saved_at       INTEGER NOT NULL,
    size           INTEGER NOT NULL, -- of the body before compression
    body           BLOB    NOT NULL, -- gzip
    PRIMARY KEY (repository_id, number, head_sha, target_sha, merge_base_sha, rules)
) STRICT;
CREATE INDEX results_latest ON results (repository_id, number, saved_at);

CREATE TABLE published (
    repository_id INTEGER NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    sha           TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    check_run_id  INTEGER NOT NULL,
    digest        TEXT    NOT NULL,
    written_at    INTEGER NOT NULL,
    PRIMARY KEY (repository_id, sha, name)
) STRICT;

CREATE TABLE deliveries (
    guid            TEXT    PRIMARY KEY,
    event           TEXT    NOT NULL,
    action          TEXT    NOT NULL,
    installation_id INTEGER NOT NULL, -- 0 when it names none, and so on below
    repository_id   INTEGER NOT NULL,
    number          INTEGER NOT NULL,
    received_at     INTEGER NOT NULL,
    state           TEXT    NOT NULL CHECK (state IN ('queued', 'succeeded', 'failed', 'ignored')),
    attempts        INTEGER NOT NULL DEFAULT 0,
    last_error      TEXT    NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX deliveries_received ON deliveries (received_at);
CREATE INDEX deliveries_repository ON deliveries (repository_id);

CREATE TABLE delivery_jobs (
    guid   TEXT    NOT NULL REFERENCES deliveries (guid) ON DELETE CASCADE,
    job_id INTEGER NOT NULL,
    state  TEXT    NOT NULL CHECK (state IN ('queued', 'succeeded', 'failed', 'ignored')),
    PRIMARY KEY (guid, job_id)
) STRICT;
CREATE INDEX delivery_jobs_job ON delivery_jobs (job_id);

-- The jobs that are not finished, with what they are about.
CREATE TABLE open_jobs (
    job_id          INTEGER PRIMARY KEY,
    kind            TEXT    NOT NULL,
    installation_id INTEGER NOT NULL,
    repository_id   INTEGER NOT NULL,
    number          INTEGER NOT NULL,
    head_sha        TEXT    NOT NULL,
    wakes           INTEGER NOT NULL DEFAULT 0 -- how often the same work was asked for since
) STRICT;
CREATE INDEX open_jobs_pull ON open_jobs (repository_id, number);

CREATE TABLE processes (
    id         TEXT    PRIMARY KEY,
    started_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE leases (
    name       TEXT    PRIMARY KEY,
    owner      TEXT    NOT NULL,
    token      INTEGER NOT NULL, -- grows with every owner
    expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE writes (
    installation_id INTEGER PRIMARY KEY,
    sent            BLOB NOT NULL -- the times of the last writes, big-endian int64, oldest first
) STRICT;

CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;
