//! Answers to domain values.

use std::ops::Range;

use crate::domain::address::resolve;
use crate::domain::author::Author;
use crate::domain::body::{Body, Format};
use crate::domain::comment::{Comment, Rights, Standing};
use crate::domain::decimal;
use crate::domain::language;
use crate::domain::markup;
use crate::domain::rating::{Rating, Stars};
use crate::domain::rich;
use crate::domain::time::{Time, zone};
use crate::domain::vote::{Tally, Vote};
use crate::json::Value;
use crate::profile::Profile;
use crate::profile::expression::{Answer, Scope};
use crate::profile::template::{self, Variables};

/// A comment as it stands in an answer, with the service's own identifiers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Number or text, as the service writes it: that is what it expects back.
    pub id: Value,
    /// What replies call it by: mostly the same.
    pub name: Value,
    pub parent: Option<Value>,
    pub comment: Comment,
    /// What later requests about it need (`comment.capture`).
    pub capture: Vec<(String, Value)>,
}

impl Profile {
    /// Reads one comment. `above` is the comment it was nested in.
    pub(crate) fn comment(
        &self,
        item: &Value,
        answer: &Answer,
        above: Option<Value>,
    ) -> Result<Found, String> {
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
            ["/comment/id says ", &pointer, ", which is not in ", &excerpt(item)].concat()
        })?;
        let name = match self.at("/list/nesting/refersTo") {
            Some(pointer) => scalar(Some(pointer)).unwrap_or_else(|| {
                // Nobody can refer to it; the mark keeps it apart from what others are called.
                Value::Text(["id:", id.as_text().unwrap_or_default()].concat())
            }),
            None => id.clone(),
        };
        let parent = scalar(self.at("/list/nesting/parent")).or(above);
        let standing = self.standing(scope);
        let created = self.moment(scope, member("dateCreated"));
        let edited = self.moment(scope, member("dateModified"));
        let replies = decimal::whole(&text("commentCount").unwrap_or_default());
        let comment = Comment {
            author: Author {
                image: address(scope, member("author.image")),
                ..Author::new(
                    &text("author.name").unwrap_or_default(),
                    address(scope, member("author.url")).as_deref(),
                    self.status(scope, "staff"),
                )
            },
            body: self.body(scope),
            language: text("inLanguage").and_then(|tag| language::checked(&tag)),
            source: text("source"),
            created,
            // Some services send the time of writing as the time of the last change.
            edited: edited
                .filter(|edited| created.is_none_or(|created| edited.0 > created.0 + 999)),
            url: address(scope, member("url")),
            tally: self.tally(scope),
            standing,
            pinned: self.status(scope, "pinned"),
            closed: self.status(scope, "closed"),
            unsent: false,
            rights: self.rights(scope),
            replies: replies.and_then(|replies| u32::try_from(replies).ok()),
        };
        let parent = parent.filter(|parent| parent.as_text() != name.as_text());
        let capture = member("capture").map_or(&[][..], Value::members);
        let capture = capture
            .iter()
            .filter_map(|(name, pointer)| Some((name.clone(), scope.find(pointer)?.into_owned())));
        let capture = capture.collect();
        Ok(Found { id, name, parent, comment, capture })
    }

    fn body(&self, scope: Scope) -> Body {
        let Some(told) = self.at("/comment/text") else { return Body::default() };
        let choices =
            if let Value::List(choices) = told { choices } else { std::slice::from_ref(told) };
        let bodies = choices.iter().filter_map(|choice| {
            let text = scope.text(Some(choice)).filter(|text| !text.is_empty())?;
            let told = match choice.get("encodingFormat") {
                // It may stand in the answer.
                Some(Value::Text(told)) if !told.starts_with(['/', '#']) => Some(told.clone()),
                told => scope.text(told),
            };
            let is = |kind: &str| {
                let start = told.as_deref().and_then(|told| told.get(..kind.len()));
                start.is_some_and(|start| start.eq_ignore_ascii_case(kind))
            };
            let format = match () {
                () if is("text/html") => Format::Html,
                () if is("text/markdown") => Format::Markdown,
                () => Format::Plain,
            };
            let facets = choice.get("facets").filter(|_| format == Format::Plain);
            let facets = facets.map(|told| facets_of(scope, told)).unwrap_or_default();
            Some(Body { text, format, facets, ..Body::default() })
        });
        let mut body = bodies.into_iter().next().unwrap_or_default();
        scope.answer.url.clone_into(&mut body.base);
        if rich::is_here() {
            body.extras = self.attach(scope);
        }
        body
    }

    /// A time; of several the earliest, where the profile says so: people forge the times of what they write.
    fn moment(&self, scope: Scope, told: Option<&Value>) -> Option<Time> {
        let time = |value: &Value| self.time(scope.text(Some(value)), scope.answer.variables);
        let all = told?.get("earliest").map_or(std::slice::from_ref(told?), Value::as_list);
        all.iter().filter_map(time).min()
    }

    /// How the service's own mails, and its former client, name a comment in an address.
    pub fn fragments(&self) -> impl Iterator<Item = &str> {
        let told = self.at("/comment/fragments").map_or(&[][..], Value::as_list);
        told.iter().filter_map(Value::as_str)
    }

    fn time(&self, text: Option<String>, variables: &Variables) -> Option<Time> {
        let text = text?;
        let dates = |name: &str| self.at("/comment/dates")?.get(name)?.as_str();
        match dates("format") {
            Some("unix") => Time::from_seconds(&text),
            Some("unix-ms") => Time::from_millis(&text),
            _ => {
                let offset = dates("offset").map(|offset| template::expand(offset, variables));
                Time::parse(&text, offset.as_deref().and_then(zone).unwrap_or(0))
            }
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
            ("spam", Standing::Spam),
            ("hidden", Standing::Hidden),
        ];
        let found = words.into_iter().find(|(word, _)| self.status(scope, word));
        found.map_or(Standing::Published, |(_, standing)| standing)
    }

    fn rights(&self, scope: Scope) -> Rights {
        let may = |name: &str| self.at("/comment/may").and_then(|may| may.get(name));
        let holds = |name: &str| may(name).is_some_and(|test| scope.holds(test));
        let until = self.time(scope.text(may("until")), scope.answer.variables);
        Rights { edit: holds("edit"), delete: holds("delete"), until }
    }

    /// The rating in an answer, where the profile says how to find it.
    pub fn rating(&self, answer: &Answer) -> Option<Rating> {
        let told = self.at("/rating")?;
        let whole = Scope::whole(answer);
        let text = |name: &str| whole.text(told.get(name));
        let whole_number = |text: &str| u32::try_from(decimal::whole(text)?).ok();
        let count = whole_number(&text("ratingCount")?)?;
        let mean = text("ratingValue").and_then(|mean| decimal::scaled(&mean, 3)).unwrap_or(0);
        // Stars out of ten or a hundred are shown out of five.
        let best = text("bestRating").and_then(|best| decimal::scaled(&best, 3));
        let mean = best
            .filter(|best| (1..=1_000_000_000).contains(best))
            .map_or(mean, |best| mean.clamp(0, best) * 5000 / best);
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
    pub fn written(&self, operation: &str, answer: &Answer) -> Option<Found> {
        let item = Scope::whole(answer).find(self.result(operation, "comment")?)?;
        self.comment(&item, answer, None).ok()
    }

    /// A value of the answer to an operation.
    pub fn told(&self, operation: &str, name: &str, answer: &Answer) -> Option<Value> {
        Some(Scope::whole(answer).find(self.result(operation, name)?)?.into_owned())
    }

    /// Whether a comment that was sent has to be allowed first.
    pub fn is_held(&self, answer: &Answer) -> bool {
        self.result("create", "pending").is_some_and(|test| Scope::whole(answer).holds(test))
    }

    /// The variables an operation brings (`resolve`, `session`).
    pub fn bound(&self, operation: &str, answer: &Answer) -> Vec<(&str, Value)> {
        let told = |name| Some((name, self.told(operation, name, answer)?));
        self.binds(operation).into_iter().filter_map(told).collect()
    }

    /// The names of the variables an operation brings.
    pub fn binds(&self, operation: &str) -> Vec<&str> {
        let result = self.operation(operation).and_then(|told| told.get("result"));
        result.map_or(&[][..], Value::members).iter().map(|(name, _)| name.as_str()).collect()
    }

    /// The tally in the answer to a vote, and what the viewer's own vote is now, if it says.
    pub fn voted(&self, operation: &str, answer: &Answer, shown: Tally) -> Option<Tally> {
        if let Some(found) = self.written(operation, answer) {
            let mine = |tally: Tally| if self.remembers_votes() { tally.mine } else { shown.mine };
            return found.comment.tally.map(|tally| Tally { mine: mine(tally), ..tally });
        }
        let whole = Scope::whole(answer);
        let number = |name: &str| decimal::whole(&whole.text(self.result(operation, name))?);
        let up = number("upvoteCount").or_else(|| number("score"))?;
        let mine = number("viewerVote").map_or(shown.mine, Vote::from_sign);
        Some(Tally { up, down: number("downvoteCount").or(shown.down), mine })
    }

    /// The text an edit starts from, in the answer to the operation `source`.
    pub fn source(&self, answer: &Answer) -> Option<String> {
        Scope::whole(answer).text(self.result("source", "text"))
    }

    /// The viewer's secret, where an answer gives one.
    pub fn token(&self, answer: &Answer) -> Option<String> {
        // It goes into a header, where other characters would throw.
        let token = Scope::whole(answer).text(self.at("/security/token"))?;
        token.bytes().all(|byte| byte.is_ascii_graphic()).then_some(token)
    }

    /// Whether answers say how the viewer voted; else this device remembers.
    pub fn remembers_votes(&self) -> bool {
        self.at("/comment/viewerVote").is_some()
    }

    /// Whether answers say how the viewer rated.
    pub fn remembers_ratings(&self) -> bool {
        self.at("/rating/viewerRating").is_some()
    }

    fn result(&self, operation: &str, name: &str) -> Option<&Value> {
        self.operation(operation)?.get("result")?.get(name)
    }
}

/// Parts of a text that lead somewhere, by bytes of UTF-8 as in `app.bsky.richtext.facet` (AT Protocol).
fn facets_of(scope: Scope, told: &Value) -> Vec<(Range<usize>, String)> {
    let found = told.get("items").and_then(|items| scope.find(items));
    let facets = found.as_deref().map_or(&[][..], Value::as_list).iter().filter_map(|item| {
        let facet = Scope { item, answer: scope.answer };
        let place = |name| usize::try_from(decimal::whole(&facet.text(told.get(name))?)?).ok();
        Some((place("start")?..place("end")?, address(facet, told.get("href"))?))
    });
    facets.collect()
}

/// A web address, resolved against the answer it stands in.
pub(crate) fn address(scope: Scope, expression: Option<&Value>) -> Option<String> {
    let found = scope.text(expression).filter(|found| !found.is_empty())?;
    markup::web_address(&resolve(scope.answer.url, &found))
}

fn excerpt(value: &Value) -> String {
    value.write().chars().take(100).collect()
}
