//! Answers to domain values.

use crate::domain::author::Author;
use crate::domain::body::{Body, Format};
use crate::domain::comment::{Comment, Rights, Standing};
use crate::domain::decimal;
use crate::domain::markup;
use crate::domain::rating::{Rating, Stars};
use crate::domain::time::Time;
use crate::domain::trouble::Trouble;
use crate::domain::vote::{Tally, Vote};
use crate::json::Value;
use crate::profile::Profile;
use crate::profile::expression::Scope;

/// A comment as it stands in an answer, with the service's own identifiers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Number or text, as the service writes it: that is what it expects back.
    pub id: Value,
    pub parent: Option<Value>,
    pub comment: Comment,
}

/// One page of a discussion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    pub found: Vec<Found>,
    pub total: Option<u32>,
    /// What to ask for next, to be given back as the paging variable.
    pub next: Option<Value>,
    pub rating: Option<Rating>,
    pub closed: bool,
}

/// More comments than anybody reads in one page; what follows is left to the next.
const MOST: usize = 20_000;

impl Profile {
    /// Reads a page of comments out of an answer. The error names the JSON Pointer that leads nowhere.
    ///
    /// `asked` is what the request for this page was given from the page before.
    pub fn page(&self, answer: &Value, asked: Option<&Value>) -> Result<Page, String> {
        let items = self.at("/list/items").and_then(Value::as_str).unwrap_or("#");
        let listed = answer.at(items.trim_start_matches('#'));
        let Some(Value::List(roots)) = listed else {
            let seen = listed.map_or("nothing", kind);
            return Err(format!("/list/items says {items}, where a list must be; there is {seen}"));
        };
        let found = self.comments(roots, answer)?;
        let whole = Scope::whole(answer);
        let total = whole.text(self.at("/list/total"));
        Ok(Page {
            total: total
                .and_then(|total| decimal::whole(&total))
                .and_then(|n| u32::try_from(n).ok()),
            next: self.next(roots, answer, asked),
            rating: self.rating(answer),
            closed: self.at("/list/closed").is_some_and(|test| whole.holds(test)),
            found,
        })
    }

    /// Walks the tree of an answer without recursion, each thread before the next.
    fn comments(&self, roots: &[Value], answer: &Value) -> Result<Vec<Found>, String> {
        let children = self.at("/list/nesting/children");
        let mut found: Vec<Found> = Vec::new();
        let mut waiting: Vec<(&Value, Option<Value>)> =
            roots.iter().rev().map(|r| (r, None)).collect();
        while let Some((item, above)) = waiting.pop() {
            let scope = Scope { item, answer };
            if found.len() == MOST {
                break;
            }
            if self.at("/list/skip").is_some_and(|test| scope.holds(test)) {
                continue;
            }
            let read = self.comment(item, answer, above)?;
            if let Some(Value::Text(pointer)) = children {
                let replies = item.at(pointer).map_or(&[][..], Value::as_list);
                waiting.extend(replies.iter().rev().map(|reply| (reply, Some(read.id.clone()))));
            }
            found.push(read);
        }
        Ok(found)
    }

    /// Reads one comment. `above` is the comment it was nested in.
    fn comment(&self, item: &Value, answer: &Value, above: Option<Value>) -> Result<Found, String> {
        let scope = Scope { item, answer };
        let member = |name: &str| self.at("/comment")?.get(name);
        let text = |name: &str| scope.text(member(name));
        let scalar = |pointer: Option<&Value>| {
            let found = scope.find(pointer?)?.into_owned();
            found.as_text().is_some_and(|text| !text.is_empty()).then_some(found)
        };
        let id = scalar(member("id"));
        let id = id.ok_or_else(|| {
            let pointer = member("id").map(Value::write).unwrap_or_default();
            format!("/comment/id says {pointer}, which is not in {}", excerpt(item))
        })?;
        let parent = scalar(self.at("/list/nesting/parent")).or(above);
        let standing = self.standing(scope);
        let created = self.time(text("dateCreated"));
        let edited = self.time(text("dateModified"));
        let comment = Comment {
            author: Author::new(
                &text("author.name").unwrap_or_default(),
                text("author.url").as_deref(),
                self.status(scope, "staff"),
            ),
            body: self.body(scope),
            source: text("source"),
            created,
            // Some services send the time of writing as the time of the last change.
            edited: edited
                .filter(|edited| created.is_none_or(|created| edited.0 > created.0 + 999)),
            url: text("url").and_then(|url| markup::web_address(&url)),
            tally: self.tally(scope),
            standing,
            pinned: self.status(scope, "pinned"),
            rights: self.rights(scope),
        };
        let parent = parent.filter(|parent| parent.as_text() != id.as_text());
        Ok(Found { id, parent, comment })
    }

    fn body(&self, scope: Scope) -> Body {
        let Some(told) = self.at("/comment/text") else { return Body::default() };
        let choices =
            if let Value::List(choices) = told { choices } else { std::slice::from_ref(told) };
        let bodies = choices.iter().filter_map(|choice| {
            let text = scope.text(choice.get("from").or(Some(choice)))?;
            let html = choice.get("encodingFormat").and_then(Value::as_str) == Some("text/html");
            Some(Body { text, format: if html { Format::Html } else { Format::Plain } })
        });
        bodies.into_iter().next().unwrap_or_default()
    }

    fn time(&self, text: Option<String>) -> Option<Time> {
        let text = text?;
        match self.at("/comment/dates/format").and_then(Value::as_str) {
            Some("unix") => Time::from_seconds(&text),
            Some("unix-ms") => Time::from_millis(&text),
            _ => Time::parse(&text, 0),
        }
    }

    fn tally(&self, scope: Scope) -> Option<Tally> {
        let member = |name: &str| scope.text(self.at("/comment")?.get(name));
        let number = |name: &str| decimal::whole(&member(name)?);
        let up = number("upvoteCount").or_else(|| number("score"))?;
        let mine = Vote::from_sign(number("viewerVote").unwrap_or(0));
        Some(Tally { up, down: number("downvoteCount"), mine })
    }

    fn status(&self, scope: Scope, wanted: &str) -> bool {
        let rules = self.at("/comment/status").map_or(&[][..], Value::as_list);
        let fits = |rule: &&Value| rule.get("is").and_then(Value::as_str) == Some(wanted);
        rules.iter().filter(fits).filter_map(|rule| rule.get("when")).any(|test| scope.holds(test))
    }

    fn standing(&self, scope: Scope) -> Standing {
        let words = [
            ("deleted", Standing::Deleted),
            ("pending", Standing::Pending),
            ("spam", Standing::Hidden),
            ("hidden", Standing::Hidden),
        ];
        let found = words.into_iter().find(|(word, _)| self.status(scope, word));
        found.map_or(Standing::Published, |(_, standing)| standing)
    }

    fn rights(&self, scope: Scope) -> Rights {
        let may = |name: &str| self.at("/comment/may").and_then(|may| may.get(name));
        let holds = |name: &str| may(name).is_some_and(|test| scope.holds(test));
        let until = self.time(scope.text(may("until")));
        Rights { edit: holds("edit"), delete: holds("delete"), until }
    }

    fn next(&self, roots: &[Value], answer: &Value, asked: Option<&Value>) -> Option<Value> {
        let page = self.at("/list/page")?;
        let whole = Scope::whole(answer);
        if page.get("more").is_some_and(|test| !whole.holds(test)) {
            return None;
        }
        let scope = match page.get("mode").and_then(Value::as_str)? {
            "cursor" => whole,
            // The key of the last root: an empty page has none, and so ends the list.
            "key" => Scope { item: roots.last()?, answer },
            "offset" => {
                let before = asked.and_then(|asked| decimal::whole(asked.as_text()?)).unwrap_or(0);
                let read = i64::try_from(roots.len()).ok().filter(|read| *read > 0)?;
                return Some(Value::number(before.checked_add(read)?));
            }
            _ => return None,
        };
        let cursor = scope.find(page.get("cursor")?)?.into_owned();
        cursor.is_truthy().then_some(cursor)
    }

    /// The rating in an answer, where the profile says how to find it.
    pub fn rating(&self, answer: &Value) -> Option<Rating> {
        let told = self.at("/rating")?;
        let whole = Scope::whole(answer);
        let text = |name: &str| whole.text(told.get(name));
        let whole_number = |text: &str| u32::try_from(decimal::whole(text)?).ok();
        let count = whole_number(&text("ratingCount")?)?;
        let mean = text("ratingValue").and_then(|mean| decimal::scaled(&mean, 3)).unwrap_or(0);
        let spread = told.get("spread").and_then(|pointer| whole.find(pointer));
        let spread = spread.and_then(|spread| {
            let counts: Vec<u32> =
                spread.as_list().iter().filter_map(|n| whole_number(n.as_text()?)).collect();
            <[u32; 5]>::try_from(counts).ok()
        });
        let mine = text("viewerRating").and_then(|mine| Stars::new(decimal::whole(&mine)?));
        Some(Rating { mean: u32::try_from(mean.clamp(0, 5000)).unwrap_or(0), count, spread, mine })
    }

    /// The comment in the answer to a write, where the answer holds one.
    pub fn written(&self, operation: &str, answer: &Value) -> Option<Found> {
        let item =
            answer.at(self.result(operation, "comment")?.as_str()?.trim_start_matches('#'))?;
        self.comment(item, answer, None).ok()
    }

    /// The tally in the answer to a vote, and what the viewer's own vote is now, if it says.
    pub fn voted(&self, operation: &str, answer: &Value, shown: Tally) -> Option<Tally> {
        let whole = Scope::whole(answer);
        let number = |name: &str| decimal::whole(&whole.text(self.result(operation, name))?);
        let up = number("upvoteCount").or_else(|| number("score"))?;
        let mine = number("viewerVote").map_or(shown.mine, Vote::from_sign);
        Some(Tally { up, down: number("downvoteCount").or(shown.down), mine })
    }

    /// The text an edit starts from, in the answer to the operation `source`.
    pub fn source(&self, answer: &Value) -> Option<String> {
        Scope::whole(answer).text(self.result("source", "text"))
    }

    /// The viewer's secret, where an answer gives one.
    pub fn token(&self, answer: &Value) -> Option<String> {
        // It goes into a header, where other characters would throw.
        let token = Scope::whole(answer).text(self.at("/security/token"))?;
        token.bytes().all(|byte| byte.is_ascii_graphic()).then_some(token)
    }

    fn result(&self, operation: &str, name: &str) -> Option<&Value> {
        self.operation(operation)?.get("result")?.get(name)
    }

    /// What to tell the reader of an answer that is no success. `wait` is `Retry-After` in seconds.
    pub fn trouble(&self, status: u16, body: &str, wait: Option<u32>) -> Trouble {
        let reason = self.reason(body);
        match (status, reason) {
            (429, _) => Trouble::TooFast { wait },
            (404 | 410, _) => Trouble::Gone,
            (400..=499, Some(reason)) => Trouble::Refused { reason },
            (401 | 403, None) => Trouble::NotAllowed,
            _ => Trouble::Broken { status },
        }
    }

    /// The service's own words, as plain text: from where the profile says, else the first paragraph
    /// of an HTML page.
    fn reason(&self, body: &str) -> Option<String> {
        let told = match Value::parse(body) {
            Ok(answer) => Scope::whole(&answer).text(self.at("/problem/detail"))?,
            Err(_) => body.split_once("<p>")?.1.split_once("</p>")?.0.to_owned(),
        };
        let nodes = markup::read(&Body { text: told, format: Format::Html });
        let words: String = markup::words(&nodes).trim().chars().take(LONGEST_REASON).collect();
        (!words.is_empty()).then_some(words)
    }
}

/// A sentence or two; more would be a page of the server's, not a reason.
const LONGEST_REASON: usize = 300;

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::Text(_) => "a string",
        Value::List(_) => "a list",
        Value::Record(_) => "an object",
    }
}

fn excerpt(value: &Value) -> String {
    value.write().chars().take(100).collect()
}
