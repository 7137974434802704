//! What search engines read: the discussion as JSON-LD (<https://www.w3.org/TR/json-ld11/>) in the words of
//! <https://schema.org/Comment> and <https://schema.org/AggregateRating>.

use crate::domain::author::Author;
use crate::domain::decimal::hundredths;
use crate::domain::rating::Rating;
use crate::domain::vote::Tally;
use crate::json::Value;

/// One comment, to be told of.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Its address.
    pub url: String,
    pub author: Author,
    /// Without markup.
    pub words: String,
    /// RFC 3339; empty if it is not known.
    pub created: String,
    pub tally: Option<Tally>,
    /// The place of what it answers, before it in the list.
    pub parent: Option<usize>,
}

/// The text for a `script` of type `application/ld+json`. `kind` is a type of schema.org, such as `Article`;
/// `count` is how many comments there are, `told` of which. No `<` stands in it, so that it ends no script
/// where somebody saves the page.
pub fn article(
    kind: &str,
    url: &str,
    count: usize,
    rating: Option<Rating>,
    told: &[Told],
) -> String {
    let mut whole = vec![
        ("@context", Value::text("https://schema.org")),
        ("@type", Value::text(kind)),
        ("@id", Value::text(url)),
        ("commentCount", Value::number(i64::try_from(count).unwrap_or(i64::MAX))),
    ];
    if let Some(rating) = rating.filter(|rating| rating.count > 0) {
        let told = vec![
            ("@type", Value::text("AggregateRating")),
            ("ratingValue", Value::Number(hundredths(rating.mean))),
            ("ratingCount", Value::number(rating.count.into())),
            ("bestRating", Value::number(5)),
        ];
        whole.push(("aggregateRating", Value::record(told)));
    }
    let mut made: Vec<Vec<(&str, Value)>> = told.iter().map(comment).collect();
    let mut replies: Vec<Vec<Value>> = vec![Vec::new(); told.len()];
    let mut roots = Vec::new();
    // From the last to the first: what answers a comment is whole before the comment is.
    for place in (0..told.len()).rev() {
        let mut members = std::mem::take(&mut made[place]);
        let mut under = std::mem::take(&mut replies[place]);
        if !under.is_empty() {
            under.reverse();
            members.push(("comment", Value::List(under)));
        }
        let parent = told[place].parent.filter(|parent| *parent < place);
        parent.map_or(&mut roots, |parent| &mut replies[parent]).push(Value::record(members));
    }
    roots.reverse();
    whole.push(("comment", Value::List(roots)));
    Value::record(whole).write().replace('<', "\\u003c")
}

fn comment(told: &Told) -> Vec<(&'static str, Value)> {
    let mut author =
        vec![("@type", Value::text("Person")), ("name", Value::text(&told.author.name))];
    if let Some(url) = &told.author.url {
        author.push(("url", Value::text(url)));
    }
    let mut members = vec![
        ("@type", Value::text("Comment")),
        ("@id", Value::text(&told.url)),
        ("text", Value::text(told.words.trim())),
        ("author", Value::record(author)),
    ];
    if !told.created.is_empty() {
        members.push(("dateCreated", Value::text(&told.created)));
    }
    if let Some(tally) = told.tally {
        members.push(("upvoteCount", Value::number(tally.up)));
        if let Some(down) = tally.down {
            members.push(("downvoteCount", Value::number(down)));
        }
    }
    members
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(words: &str, parent: Option<usize>) -> Told {
        let author = Author { name: "Ada".to_owned(), ..Author::default() };
        Told {
            url: format!("/#{words}"),
            author,
            words: words.to_owned(),
            parent,
            ..Told::default()
        }
    }

    #[track_caller]
    fn check(rating: Option<Rating>, comments: &[Told], picture: &str) {
        let made = article("Article", "/a", comments.len(), rating, comments);
        assert!(!made.contains('<'), "{made}");
        let made = Value::parse(&made).expect("JSON");
        // Types and names are the same in all of them.
        let short = made
            .write()
            .replace(r#""@type":"Comment","#, "")
            .replace(r#","author":{"@type":"Person","name":"Ada"}"#, "");
        assert_eq!(
            short.replace(r#"{"@context":"https://schema.org","@type":"Article","@id":"/a","#, "{"),
            picture
        );
    }

    #[test]
    fn nothing_is_told_of_nothing() {
        check(None, &[], r#"{"commentCount":0,"comment":[]}"#);
        check(Some(Rating::default()), &[], r#"{"commentCount":0,"comment":[]}"#);
    }

    #[test]
    fn threads_keep_their_order() {
        let all = [
            told("a", None),
            told("a1", Some(0)),
            told("a1i", Some(1)),
            told("a2", Some(0)),
            told("b", None),
        ];
        check(
            None,
            &all,
            r#"{"commentCount":5,"comment":[{"@id":"/#a","text":"a","comment":[{"@id":"/#a1","text":"a1","comment":[{"@id":"/#a1i","text":"a1i"}]},{"@id":"/#a2","text":"a2"}]},{"@id":"/#b","text":"b"}]}"#,
        );
        // What answers itself, or what is not told yet, stands by itself.
        check(
            None,
            &[told("a", Some(0))],
            r#"{"commentCount":1,"comment":[{"@id":"/#a","text":"a"}]}"#,
        );
    }

    #[test]
    fn ratings_votes_and_dates() {
        let rating = Rating { mean: 4286, count: 7, ..Rating::default() };
        let comment = Told {
            created: "2026-01-02T03:04:05Z".to_owned(),
            tally: Some(Tally { up: 3, down: Some(1), ..Tally::default() }),
            ..told("</script><script>alert(1)</script>", None)
        };
        check(
            Some(rating),
            &[comment],
            r#"{"commentCount":1,"aggregateRating":{"@type":"AggregateRating","ratingValue":4.29,"ratingCount":7,"bestRating":5},"comment":[{"@id":"/#</script><script>alert(1)</script>","text":"</script><script>alert(1)</script>","dateCreated":"2026-01-02T03:04:05Z","upvoteCount":3,"downvoteCount":1}]}"#,
        );
    }
}
