-- One discussion an article; it begins with the first comment or rating.
CREATE TABLE article (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    closed INTEGER NOT NULL DEFAULT 0
) STRICT;

-- A viewer is a browser that was given a secret; only its hash is kept.
CREATE TABLE viewer (
    id INTEGER PRIMARY KEY,
    secret_hash BLOB NOT NULL UNIQUE,
    created INTEGER NOT NULL
) STRICT;

CREATE TABLE comment (
    -- The order of writing; identifiers outside are `identifier`.
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    identifier TEXT NOT NULL UNIQUE,
    article INTEGER NOT NULL REFERENCES article (id),
    parent INTEGER REFERENCES comment (id),
    -- The comment that begins the thread; itself for a root.
    root INTEGER,
    depth INTEGER NOT NULL,
    viewer INTEGER NOT NULL REFERENCES viewer (id),
    author_name TEXT NOT NULL,
    author_url TEXT,
    text TEXT NOT NULL,
    html TEXT NOT NULL,
    -- 'published', 'pending' or 'deleted'.
    status TEXT NOT NULL,
    created INTEGER NOT NULL,
    modified INTEGER,
    upvotes INTEGER NOT NULL DEFAULT 0,
    downvotes INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX comment_by_thread ON comment (article, root, id);
CREATE INDEX comment_by_parent ON comment (parent);

CREATE TABLE vote (
    comment INTEGER NOT NULL REFERENCES comment (id),
    viewer INTEGER NOT NULL REFERENCES viewer (id),
    value INTEGER NOT NULL,
    PRIMARY KEY (comment, viewer)
) STRICT, WITHOUT ROWID;

CREATE TABLE rating (
    article INTEGER NOT NULL REFERENCES article (id),
    viewer INTEGER NOT NULL REFERENCES viewer (id),
    stars INTEGER NOT NULL,
    PRIMARY KEY (article, viewer)
) STRICT, WITHOUT ROWID;

-- Answers that were given for an Idempotency-Key, to be given again.
CREATE TABLE answer (
    key TEXT NOT NULL PRIMARY KEY,
    -- SHA-256 of method, path and body: one key is good for one request.
    request BLOB NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    -- Whether the body holds a viewer's secret; it is taken out after ten minutes.
    secret INTEGER NOT NULL,
    created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX answer_by_age ON answer (created);
CREATE INDEX answer_with_secret ON answer (created) WHERE secret = 1;
