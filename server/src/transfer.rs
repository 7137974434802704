//! Discussions as JSON Lines: a first line that says what it is, one object a line, and a last line with
//! the number and the sum of those before, so that a cut file is refused.

use std::collections::HashMap;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::moment;
use crate::render;
use crate::store::article;
use crate::store::comment::{self, New};
use crate::store::{Change, Store, rating, viewer, vote};
use crate::text;

/// The format this program reads.
const VERSION: u32 = 1;

#[derive(Deserialize)]
struct Head {
    jawjaw: String,
    version: u32,
    made: String,
}

#[derive(Deserialize)]
struct End {
    lines: usize,
    sha256: String,
}

/// One object of the file; names are schema.org's, as in the API.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
enum Line {
    Comment(CommentLine),
    Vote(VoteLine),
    Rating(RatingLine),
    End(End),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CommentLine {
    identifier: String,
    article: String,
    parent_item: Option<String>,
    viewer: String,
    name: String,
    url: Option<String>,
    text: String,
    date_created: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct VoteLine {
    comment: String,
    viewer: String,
    value: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RatingLine {
    article: String,
    viewer: String,
    stars: i64,
}

/// How an import is done.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Way {
    /// Moves all times so that the file seems to be made now.
    pub(crate) to_now: bool,
    /// Leaves articles alone that have been used.
    pub(crate) only_new: bool,
}

/// How much was read.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Read {
    pub(crate) comments: usize,
    pub(crate) votes: usize,
    pub(crate) ratings: usize,
    pub(crate) skipped: usize,
}

/// Reads a file into the database, all or nothing.
pub(crate) async fn import(store: &Store, file: &str, way: Way) -> Result<Read> {
    let (head, lines) = checked(file)?;
    let made = moment::read(&head.made).context("`made` is no time")?;
    let later = if way.to_now { moment::now() - made } else { 0 };
    let mut reading = Reading {
        change: store.begin().await?,
        way,
        later,
        used: HashMap::new(),
        ids: HashMap::new(),
        read: Read::default(),
    };
    for (number, line) in lines.into_iter().enumerate() {
        reading.line(line).await.with_context(|| format!("line {}", number + 2))?;
    }
    reading.change.commit().await?;
    Ok(reading.read)
}

/// The lines of a file that is whole.
fn checked(file: &str) -> Result<(Head, Vec<Line>)> {
    let (first, _) = file.split_once('\n').context("the file is empty")?;
    let head: Head = serde_json::from_str(first).context("line 1 is no head of an export")?;
    if head.jawjaw != "export" || head.version != VERSION {
        bail!(
            "this is version {} of {:?}; version {VERSION} of \"export\" is read",
            head.version,
            head.jawjaw
        );
    }
    let body = file.trim_end();
    let (before, last) = body.rsplit_once('\n').context("the last line is missing")?;
    let before = format!("{before}\n");
    let Ok(Line::End(end)) = serde_json::from_str(last) else {
        bail!("the last line is missing; the file was cut off");
    };
    let sum = text::hex(&Sha256::digest(&before));
    if end.lines != before.lines().count() || end.sha256 != sum {
        bail!("the file was changed or cut: its last line does not fit ({sum})");
    }
    let lines = before.lines().enumerate().skip(1).map(|(number, line)| {
        serde_json::from_str(line).with_context(|| format!("line {}", number + 1))
    });
    Ok((head, lines.collect::<Result<_>>()?))
}

struct Reading {
    change: Change,
    way: Way,
    later: i64,
    /// Whether an article had been used before.
    used: HashMap<String, bool>,
    /// The rows of what was read.
    ids: HashMap<String, i64>,
    read: Read,
}

impl Reading {
    async fn line(&mut self, line: Line) -> Result<()> {
        match line {
            Line::Comment(line) => self.comment(line).await,
            Line::Vote(line) => self.vote(line).await,
            Line::Rating(line) => self.rating(line).await,
            Line::End(_) => bail!("`end` before the end"),
        }
    }

    async fn is_skipped(&mut self, article: &str) -> Result<bool> {
        if !self.way.only_new {
            return Ok(false);
        }
        if let Some(used) = self.used.get(article) {
            return Ok(*used);
        }
        let used = article::is_used(self.change.connection(), article).await?;
        self.used.insert(article.to_owned(), used);
        Ok(used)
    }

    async fn comment(&mut self, line: CommentLine) -> Result<()> {
        if self.is_skipped(&line.article).await? {
            self.read.skipped += 1;
            return Ok(());
        }
        let created = moment::read(&line.date_created).context("`dateCreated` is no time")?;
        let html = render::html_of(&line.text);
        let html = html.map_err(|_| anyhow::anyhow!("`text` becomes too much HTML"))?;
        let url = line.url.filter(|url| text::is_website(url));
        let connection = self.change.connection();
        let article = article::to_change(connection, &line.article).await?;
        let parent = match &line.parent_item {
            Some(parent) => Some(
                comment::parent(connection, article.id, parent)
                    .await?
                    .with_context(|| format!("{parent:?} does not stand before its answer"))?,
            ),
            None => None,
        };
        let new = New {
            identifier: &line.identifier,
            article: article.id,
            parent,
            viewer: viewer::imported(connection, &line.viewer, moment::now()).await?,
            author_name: &text::name(&line.name),
            author_url: url.as_deref(),
            text: &line.text,
            html: &html,
            created: created + self.later,
        };
        let id = comment::insert(connection, new).await?;
        article::touch(connection, article.id, moment::now()).await?;
        self.ids.insert(line.identifier, id);
        self.read.comments += 1;
        Ok(())
    }

    async fn vote(&mut self, line: VoteLine) -> Result<()> {
        let Some(comment) = self.ids.get(&line.comment).copied() else {
            self.read.skipped += 1;
            return Ok(());
        };
        if ![-1, 1].contains(&line.value) {
            bail!("`value` is 1 or -1");
        }
        let connection = self.change.connection();
        let viewer = viewer::imported(connection, &line.viewer, moment::now()).await?;
        vote::set(connection, comment, viewer, line.value).await?;
        self.read.votes += 1;
        Ok(())
    }

    async fn rating(&mut self, line: RatingLine) -> Result<()> {
        if self.is_skipped(&line.article).await? {
            self.read.skipped += 1;
            return Ok(());
        }
        if !(1..=5).contains(&line.stars) {
            bail!("`stars` is a number from 1 to 5");
        }
        let connection = self.change.connection();
        let article = article::to_change(connection, &line.article).await?;
        let viewer = viewer::imported(connection, &line.viewer, moment::now()).await?;
        rating::set(connection, article.id, viewer, Some(line.stars)).await?;
        self.read.ratings += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing;

    const DEMO: &str = include_str!("../demo.jsonl");

    #[tokio::test]
    async fn a_file_is_read_once_and_counted_right() {
        let (store, _folder) = testing::store().await;
        let way = Way { to_now: true, only_new: true };
        let read = import(&store, DEMO, way).await.expect("it is whole");
        assert_eq!((read.comments, read.ratings, read.skipped), (13, 17, 0));
        let again = import(&store, DEMO, way).await.expect("it is whole");
        assert_eq!((again.comments, again.votes, again.ratings), (0, 0, 0));
        let mut reader = store.read().await.expect("a reader");
        let wrong = article::miscounted(&mut reader).await.expect("it counts");
        assert_eq!(wrong, Vec::<String>::new());
    }

    #[test]
    fn a_file_that_was_cut_or_changed_is_refused() {
        assert!(checked(DEMO).is_ok());
        let lines: Vec<&str> = DEMO.lines().collect();
        let without_last = lines[..lines.len() - 1].join("\n");
        let without_one = [&lines[..3], &lines[4..]].concat().join("\n");
        for wrong in ["", "{}\n", &without_last, &without_one, &DEMO.replace("hiss", "hizz")] {
            assert!(checked(wrong).is_err());
        }
    }
}
