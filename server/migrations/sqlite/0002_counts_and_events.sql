-- What a list and a front page say of an article, kept with it: counting rows takes as long as there are rows.
ALTER TABLE article ADD COLUMN comments INTEGER NOT NULL DEFAULT 0;
ALTER TABLE article ADD COLUMN stars_1 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE article ADD COLUMN stars_2 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE article ADD COLUMN stars_3 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE article ADD COLUMN stars_4 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE article ADD COLUMN stars_5 INTEGER NOT NULL DEFAULT 0;
-- The number of the latest change, and its moment. Both are in the ETag: after a backup is restored, numbers repeat.
ALTER TABLE article ADD COLUMN seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE article ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;
-- Events up to this number are no longer kept.
ALTER TABLE article ADD COLUMN forgotten INTEGER NOT NULL DEFAULT 0;

UPDATE article SET
    comments = (SELECT COUNT(*) FROM comment c WHERE c.article = article.id AND c.status = 'published'),
    stars_1 = (SELECT COUNT(*) FROM rating r WHERE r.article = article.id AND r.stars = 1),
    stars_2 = (SELECT COUNT(*) FROM rating r WHERE r.article = article.id AND r.stars = 2),
    stars_3 = (SELECT COUNT(*) FROM rating r WHERE r.article = article.id AND r.stars = 3),
    stars_4 = (SELECT COUNT(*) FROM rating r WHERE r.article = article.id AND r.stars = 4),
    stars_5 = (SELECT COUNT(*) FROM rating r WHERE r.article = article.id AND r.stars = 5);

-- Threads from the newest, each from its beginning, without sorting.
CREATE INDEX comment_newest ON comment (article, root DESC, id);
-- What a viewer may still change.
CREATE INDEX comment_by_viewer ON comment (viewer, article, created);

-- Ten-minute steps this database was served for. It only goes forward, whatever the clock on the wall does.
CREATE TABLE clock (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    tick INTEGER NOT NULL
) STRICT;
INSERT INTO clock (id, tick) VALUES (1, 0);

ALTER TABLE answer ADD COLUMN tick INTEGER NOT NULL DEFAULT 0;
-- The comment whose text and html belong in the body; they are not stored twice.
ALTER TABLE answer ADD COLUMN comment INTEGER;
ALTER TABLE answer ADD COLUMN viewer INTEGER;
DROP INDEX answer_by_age;
DROP INDEX answer_with_secret;
CREATE INDEX answer_by_age ON answer (tick);
CREATE INDEX answer_with_secret ON answer (tick) WHERE secret = 1;
-- A deleted comment's answers from before this version hold its words.
CREATE INDEX answer_of_comment ON answer (comment) WHERE comment IS NOT NULL;

-- Which comment changed, for listeners who come back.
CREATE TABLE event (
    article INTEGER NOT NULL REFERENCES article (id),
    seq INTEGER NOT NULL,
    comment TEXT NOT NULL,
    tick INTEGER NOT NULL,
    PRIMARY KEY (article, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX event_by_age ON event (tick);
