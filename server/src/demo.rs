//! The demo article's discussion: there when the database is new, an ordinary one afterwards.

use anyhow::Result;
use sqlx::SqliteConnection;

use crate::moment;
use crate::render::html_of;
use crate::store::{Store, article_id};

const ARTICLE: &str = "kettle";
const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// Number, what it answers, who, how long ago, votes up and down, and the words.
type Line = (usize, Option<usize>, &'static str, i64, (i64, i64), &'static str);

const DISCUSSION: &[Line] = &[
    (
        1,
        None,
        "Ines Duarte",
        9 * DAY,
        (14, 0),
        "I always thought the hiss *was* the boiling. Tried it this morning with the lid off: you can see the \
         bubbles vanish halfway up. Lovely.",
    ),
    (
        2,
        Some(1),
        "Tom Okafor",
        9 * DAY - 40 * MINUTE,
        (6, 0),
        "A glass kettle makes it even clearer. Mine goes quiet at **96 °C**, by the thermometer.",
    ),
    (
        3,
        Some(2),
        "Ines Duarte",
        8 * DAY,
        (3, 0),
        "At what height above the sea? Mine is at 600 m and it stops a little earlier.",
    ),
    (
        4,
        Some(3),
        "Tom Okafor",
        8 * DAY - 90 * MINUTE,
        (2, 0),
        "Sea level, more or less. That fits: water at 600 m boils at about 98 °C.",
    ),
    (
        5,
        None,
        "Prof. em. Ludwig Harnisch",
        7 * DAY,
        (22, 1),
        "A small addition. The collapse of the bubbles is called *subcooled boiling*, and the sound has been measured:\n\n\
         > Most of the energy lies between 100 Hz and 1 kHz, and it falls sharply once the bulk of the water is \
         saturated.\n\n\
         So the kettle is a thermometer, but of the *bulk*, not of the bottom.",
    ),
    (
        6,
        Some(5),
        "Maren Holt",
        7 * DAY - 15 * MINUTE,
        (9, 0),
        "Thank you! I have corrected the second paragraph accordingly.",
    ),
    (7, Some(5), "Ana", 6 * DAY, (1, 4), "Too much physics for a cooking blog."),
    (
        8,
        Some(7),
        "Kofi",
        6 * DAY - 20 * MINUTE,
        (11, 0),
        "It is the best kind of cooking blog. Somebody has to tell us *why*.",
    ),
    (
        9,
        None,
        "نادیا",
        4 * DAY,
        (5, 0),
        "کتری مسی مادربزرگم همیشه زودتر آواز می‌خواند. حالا می‌دانم چرا!",
    ),
    (
        10,
        None,
        "Bram Visser",
        3 * DAY,
        (4, 0),
        "For the impatient, the three stages:\n\n1. hum: small bubbles at the wall\n2. hiss: they rise and collapse\n\
         3. silence, then rolling: lift it **now**\n\nI wrote a tiny script that listens for stage three:\n\n\
         ```\narecord -f cd | kettle --until quiet && notify-send tea\n```",
    ),
    (
        11,
        Some(10),
        "Yuki",
        2 * DAY,
        (7, 0),
        "This is the most useful thing anybody has ever posted here: https://example.org/kettle-script",
    ),
    (
        12,
        Some(11),
        "Bram Visser",
        2 * DAY - 5 * MINUTE,
        (2, 0),
        "You are easily pleased, but thank you.",
    ),
    (
        13,
        None,
        "Maren Holt",
        150 * MINUTE,
        (3, 0),
        "Next week: why milk boils over and water does not. Questions are welcome here.",
    ),
];

/// Stars that readers gave.
const STARS: &[i64] = &[5, 5, 4, 5, 3, 4, 5, 5, 4, 5, 2, 5, 4, 4, 5, 5, 3];

/// Fills the demo's discussion if nothing was ever said or rated there.
pub(crate) async fn fill(store: &Store) -> Result<()> {
    let mut change = store.begin().await?;
    let article = article_id(&mut change, ARTICLE).await?;
    let used = "SELECT EXISTS (SELECT 1 FROM comment WHERE article = ?) \
                OR EXISTS (SELECT 1 FROM rating WHERE article = ?)";
    let used: bool =
        sqlx::query_scalar(used).bind(article).bind(article).fetch_one(&mut *change).await?;
    if used {
        return Ok(());
    }
    let mut rows: Vec<(i64, i64, i64)> = Vec::new();
    for (number, parent, name, ago, votes, text) in DISCUSSION {
        let above = parent.and_then(|parent| rows.get(parent - 1)).copied();
        let viewer = viewer(&mut change, &format!("demo {number}")).await?;
        let insert = "INSERT INTO comment (identifier, article, parent, root, depth, viewer, author_name, text, html, \
                      status, created, upvotes, downvotes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'published', ?, ?, ?)";
        let depth = above.map_or(0, |(_, _, depth)| depth + 1);
        let done = sqlx::query(insert)
            .bind(format!("demo-{number}"))
            .bind(article)
            .bind(above.map(|(id, ..)| id))
            .bind(above.map(|(_, root, _)| root))
            .bind(depth)
            .bind(viewer)
            .bind(name)
            .bind(text)
            .bind(html_of(text))
            .bind(moment::now() - ago)
            .bind(votes.0)
            .bind(votes.1)
            .execute(&mut *change)
            .await?;
        let id = done.last_insert_rowid();
        sqlx::query("UPDATE comment SET root = id WHERE id = ? AND root IS NULL")
            .bind(id)
            .execute(&mut *change)
            .await?;
        vote(&mut change, id, *votes).await?;
        rows.push((id, above.map_or(id, |(_, root, _)| root), depth));
    }
    for (number, stars) in STARS.iter().enumerate() {
        let viewer = viewer(&mut change, &format!("demo rater {number}")).await?;
        let insert = sqlx::query("INSERT INTO rating (article, viewer, stars) VALUES (?, ?, ?)");
        insert.bind(article).bind(viewer).bind(stars).execute(&mut *change).await?;
    }
    Ok(change.commit().await?)
}

/// Votes are counted from their rows, so the demo's votes need rows too.
async fn vote(change: &mut SqliteConnection, comment: i64, (up, down): (i64, i64)) -> Result<()> {
    for number in 0..up + down {
        let viewer = viewer(change, &format!("demo voter {number}")).await?;
        let insert = sqlx::query("INSERT INTO vote (comment, viewer, value) VALUES (?, ?, ?)");
        insert
            .bind(comment)
            .bind(viewer)
            .bind(if number < up { 1 } else { -1 })
            .execute(&mut *change)
            .await?;
    }
    Ok(())
}

/// A viewer nobody can be: no secret has this for its hash.
async fn viewer(change: &mut SqliteConnection, name: &str) -> Result<i64> {
    let insert = sqlx::query(
        "INSERT INTO viewer (secret_hash, created) VALUES (?, ?) ON CONFLICT DO NOTHING",
    );
    insert.bind(name.as_bytes()).bind(moment::now()).execute(&mut *change).await?;
    let query =
        sqlx::query_scalar("SELECT id FROM viewer WHERE secret_hash = ?").bind(name.as_bytes());
    Ok(query.fetch_one(change).await?)
}
