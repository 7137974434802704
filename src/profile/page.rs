//! One page of a discussion, and how to ask for the next.

use std::borrow::Cow;

use crate::domain::decimal;
use crate::domain::rating::Rating;
use crate::json::Value;
use crate::json::digits;
use crate::profile::Profile;
use crate::profile::expression::{Answer, Join, Scope};
use crate::profile::next::{LIST, Next, REPLIES, Rows};
use crate::profile::read::{Found, address};

/// One page of a discussion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    pub found: Vec<Found>,
    pub total: Option<u32>,
    /// What to ask for next, to be given back to [`Profile::list`].
    pub next: Option<Value>,
    pub rating: Option<Rating>,
    pub closed: bool,
    /// How many comments could not be read, and what was wrong with the first of them.
    pub unread: u32,
    pub reason: Option<String>,
    /// Where the service itself shows the discussion, for a link out.
    pub url: Option<String>,
    /// The service has more comments than it lists.
    pub truncated: bool,
    /// Where the next page is said to be, if that is on another host: nothing is asked there.
    pub elsewhere: Option<String>,
}

/// More comments than anybody reads in one answer; of what follows it is said how many could not be read.
const MOST: usize = 20_000;

impl Profile {
    /// Reads a page of comments out of an answer. The error names the JSON Pointer that leads nowhere.
    ///
    /// `asked` is what the request for this page was given from the page before.
    pub fn page(&self, answer: Answer, asked: Option<&Value>) -> Result<Page, String> {
        self.read_page(("/list/items", LIST), answer, asked)
    }

    /// Reads a page of the replies that the operation `replies` brought.
    pub fn replies(
        &self,
        answer: Answer,
        asked: Option<&Value>,
        above: &Value,
    ) -> Result<Page, String> {
        let places = ("/operations/replies/result/items", REPLIES);
        let mut page = self.read_page(places, answer, asked)?;
        for found in &mut page.found {
            if found.parent.is_none() {
                found.parent = Some(above.clone());
            }
        }
        page.found.retain(|found| found.name.as_text() != above.as_text());
        Ok(page)
    }

    fn read_page(
        &self,
        (items, turned): (&str, &str),
        mut answer: Answer,
        asked: Option<&Value>,
    ) -> Result<Page, String> {
        answer.joins = self.joins(&answer);
        let answer = &answer;
        let whole = Scope::whole(answer);
        let told = self.at(items).unwrap_or(&Value::Null);
        let named = || [items, " says ", &told.write()].concat();
        // Of several places the first that is there, even if nothing is in it.
        let choices =
            if let Value::List(choices) = told { choices } else { std::slice::from_ref(told) };
        let listed = choices.iter().find_map(|choice| whole.find(choice));
        let boxed = self.at("/list/container").is_some();
        let rows: Cow<[Value]> = match listed {
            Some(Cow::Borrowed(Value::List(rows))) if !boxed => Cow::Borrowed(rows),
            Some(Cow::Owned(Value::List(rows))) => Cow::Owned(rows),
            Some(Cow::Borrowed(value)) if boxed => Cow::Owned(unboxed(value)),
            // Some services say null for none.
            None if Self::is_null(choices, whole) => Cow::Borrowed(&[]),
            seen => {
                let seen = seen.map_or("nothing", |seen| kind(&seen));
                let hint = if seen == "an object" && !boxed {
                    "; write \"container\": \"object\" if its members are the comments"
                } else {
                    ""
                };
                return Err([&named(), ", where a list must be; there is ", seen, hint].concat());
            }
        };
        let mut page = Page::default();
        self.comments(&rows, answer, &mut page);
        if page.found.is_empty() && page.unread > 0 {
            return Err(page.reason.unwrap_or_default());
        }
        let total = whole.text(self.at("/list/total"));
        page.total =
            total.and_then(|total| decimal::whole(&total)).and_then(|n| u32::try_from(n).ok());
        let parent = self.at("/list/nesting/parent");
        let is_root = |item: &&Value| {
            let scope = Scope { item, answer };
            parent.and_then(|parent| scope.find(parent)).is_none_or(|parent| !parent.is_truthy())
        };
        let roots = rows.iter().filter(is_root).count();
        let told = self.at(turned);
        let next = told.map(|told| self.next(told, &Rows { rows: &rows, roots }, answer, asked));
        match next.unwrap_or_default() {
            Next::None => {}
            Next::At(next) => page.next = Some(next),
            Next::Elsewhere(address) => page.elsewhere = Some(address),
        }
        page.rating = self.rating(answer);
        page.closed = self.at("/list/closed").is_some_and(|test| whole.holds(test));
        page.truncated = self.at("/list/truncated").is_some_and(|test| whole.holds(test));
        page.url = address(whole, self.at("/list/url"));
        Ok(page)
    }

    fn is_null(choices: &[Value], whole: Scope) -> bool {
        choices.iter().any(|choice| {
            let pointer = choice.as_str().and_then(|pointer| pointer.strip_prefix('#'));
            pointer.and_then(|pointer| whole.answer.value.at(pointer)) == Some(&Value::Null)
        })
    }

    fn joins<'a>(&self, answer: &Answer<'a>) -> Vec<Join<'a>> {
        let told = self.at("/joins").map_or(&[][..], Value::members);
        let join = |(name, told): &(String, Value)| {
            let table = told.get("table")?.as_str()?.strip_prefix('#')?;
            let table = answer.value.at(table)?;
            let rows: Vec<(String, &'a Value)> = match told.get("key").and_then(Value::as_str) {
                Some(key) => {
                    let row = |row: &'a Value| Some((row.at(key)?.as_text()?.to_owned(), row));
                    table.as_list().iter().filter_map(row).collect()
                }
                None => table.members().iter().map(|(key, row)| (key.clone(), row)).collect(),
            };
            let equals = told.get("equals")?.clone();
            Some(Join { name: name.clone(), equals, rows: sorted(rows) })
        };
        told.iter().filter_map(join).collect()
    }

    /// Walks the tree of an answer without recursion, each thread before the next.
    fn comments(&self, rows: &[Value], answer: &Answer, page: &mut Page) {
        let nesting = |name: &str| self.at("/list/nesting").and_then(|nesting| nesting.get(name));
        let (children, depth) = (nesting("children"), nesting("depth"));
        let mut waiting: Vec<(&Value, Option<Value>)> =
            rows.iter().rev().map(|r| (r, None)).collect();
        // The comments above the one being read, where the answer tells depths.
        let mut above_by_depth: Vec<(i64, Value)> = Vec::new();
        // Where a nested comment also names a parent, that one counts if it is here.
        let mut nested: Vec<(usize, Value)> = Vec::new();
        while let Some((item, mut above)) = waiting.pop() {
            let scope = Scope { item, answer };
            if page.found.len() == MOST {
                page.unread += u32::try_from(waiting.len() + 1).unwrap_or(u32::MAX);
                page.reason.get_or_insert_with(|| {
                    ["more than ", &digits(MOST as u64), " comments in one answer"].concat()
                });
                break;
            }
            if self.at("/list/skip").is_some_and(|test| scope.holds(test)) {
                continue;
            }
            let level = depth.and_then(|depth| decimal::whole(&scope.text(Some(depth))?));
            if let Some(level) = level {
                while above_by_depth.last().is_some_and(|(other, _)| *other >= level) {
                    above_by_depth.pop();
                }
                above = above_by_depth.last().map(|(_, name)| name.clone());
            }
            let found = self.comment(item, answer, above.clone());
            let name = found.as_ref().ok().map(|found| found.name.clone());
            match found {
                Ok(found) => {
                    let above = above.clone().filter(|above| found.parent.as_ref() != Some(above));
                    nested.extend(above.map(|above| (page.found.len(), above)));
                    page.found.push(found);
                }
                Err(reason) => {
                    page.unread += 1;
                    page.reason.get_or_insert(reason);
                }
            }
            let below = name.or(above);
            if let (Some(level), Some(name)) = (level, &below) {
                above_by_depth.push((level, name.clone()));
            }
            if let Some(Cow::Borrowed(replies)) = children.and_then(|children| scope.find(children))
            {
                let replies = replies.as_list().iter().rev();
                waiting.extend(replies.map(|reply| (reply, below.clone())));
            }
        }
        Self::settle(nested, page);
    }

    /// Puts nested comments whose parent is not here under what they were nested in.
    fn settle(nested: Vec<(usize, Value)>, page: &mut Page) {
        if nested.is_empty() {
            return;
        }
        let name = |found: &Found| found.name.as_text().unwrap_or_default().to_owned();
        let names = sorted(page.found.iter().map(|found| (name(found), &found.name)).collect());
        let is_here = |parent: &Value| {
            let parent = parent.as_text().unwrap_or_default();
            names.binary_search_by(|(name, _)| name.as_str().cmp(parent)).is_ok()
        };
        let lost: Vec<(usize, Value)> = nested
            .into_iter()
            .filter(|(place, _)| !page.found[*place].parent.as_ref().is_some_and(is_here))
            .collect();
        for (place, above) in lost {
            page.found[place].parent = Some(above);
        }
    }
}

/// Rows in the order of their keys.
pub(super) fn sorted(mut rows: Vec<(String, &Value)>) -> Vec<(String, &Value)> {
    rows.sort_unstable_by(|(left, _), (right, _)| left.cmp(right));
    rows
}

/// A record of comments as a list of `{"key": …, "value": …}`; a list, where some services write
/// numbered members, the same way.
fn unboxed(value: &Value) -> Vec<Value> {
    let row = |key: Value, value: &Value| {
        Value::Record(vec![("key".to_owned(), key), ("value".to_owned(), value.clone())])
    };
    if let Value::List(elements) = value {
        let there = elements.iter().enumerate().filter(|(_, value)| **value != Value::Null);
        return there.map(|(key, value)| row(Value::Text(digits(key as u64)), value)).collect();
    }
    value.members().iter().map(|(key, value)| row(Value::text(key), value)).collect()
}

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
