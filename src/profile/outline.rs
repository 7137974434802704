//! A page of a discussion as text, for tests and for whoever writes a profile. Nothing of it ships.

use std::collections::HashMap;

use crate::domain::comment::{CommentKey, Standing};
use crate::domain::markup;
use crate::domain::thread::Forest;
use crate::domain::time::Time;
use crate::profile::Profile;
use crate::profile::page::Page;
use crate::profile::read::Found;

/// One line a comment, two spaces a level: `id author date [status] first words`, where `-` stands for
/// what is absent; then a line `total …`, a line `next …`, and one for comments that could not be read.
///
/// With `full`, votes, replies elsewhere and the moment of the last change are told too.
pub fn outline(page: &Page, full: bool) -> String {
    let mut forest = Forest::default();
    let mut keys: HashMap<&str, CommentKey> = HashMap::new();
    let mut found: Vec<&Found> = Vec::new();
    for one in &page.found {
        let next = CommentKey(u32::try_from(found.len()).unwrap_or(u32::MAX));
        keys.entry(one.name.as_text().unwrap_or_default()).or_insert_with(|| {
            found.push(one);
            next
        });
    }
    for (place, one) in found.iter().enumerate() {
        let parent = one.parent.as_ref().and_then(|parent| keys.get(parent.as_text()?).copied());
        forest.add(CommentKey(u32::try_from(place).unwrap_or(u32::MAX)), parent);
    }
    let mut out = String::new();
    let mut waiting: Vec<(CommentKey, usize)> =
        forest.roots().into_iter().rev().map(|key| (key, 0)).collect();
    while let Some((key, depth)) = waiting.pop() {
        out += &"  ".repeat(depth);
        out += &line(found[key.index()], full);
        out.push('\n');
        waiting.extend(forest.replies(key).iter().rev().map(|&reply| (reply, depth + 1)));
    }
    let total = page.total.map_or("unknown".to_owned(), |total| total.to_string());
    let next = page.next.as_ref().map_or("none".to_owned(), |next| {
        next.as_text().map_or_else(|| next.write(), str::to_owned)
    });
    out += &["total ", &total, "\nnext ", &next, "\n"].concat();
    if let Some(reason) = &page.reason {
        out += &[&page.unread.to_string(), " could not be read: ", reason, "\n"].concat();
    }
    if full && page.closed {
        out += "closed\n";
    }
    out
}

/// What in a profile may be a slip: places where nothing was found in any comment of a page.
pub fn notes(profile: &Profile, page: &Page) -> Vec<String> {
    let nowhere = |at: &str, there: &dyn Fn(&Found) -> bool| {
        let told = profile.at(at)?;
        let found = page.found.iter().any(there) || page.found.is_empty();
        (!found).then(|| format!("{at} says {}, which gave nothing in any comment", told.write()))
    };
    let edits =
        profile.has("edit") && !profile.has("source") && profile.at("/comment/source").is_none();
    let is_html = page.found.iter().any(|found| found.comment.typed().is_none());
    let slips = [
        (edits && is_html).then(|| {
            "/operations/edit is not offered: /comment/text is HTML, which is not what was typed. Say in \
             /comment/source or /operations/source where that is"
                .to_owned()
        }),
        nowhere("/comment/author.name", &|found| !found.comment.author.name.is_empty()),
        nowhere("/comment/text", &|found| !found.comment.body.text.is_empty()),
        nowhere("/comment/dateCreated", &|found| found.comment.created.is_some()),
        nowhere("/comment/upvoteCount", &|found| found.comment.tally.is_some()),
        nowhere("/comment/score", &|found| found.comment.tally.is_some()),
        nowhere("/list/nesting/parent", &|found| found.parent.is_some()),
        (profile.at("/list/total").is_some() && page.total.is_none())
            .then(|| "/list/total gave no number".to_owned()),
    ];
    slips.into_iter().flatten().collect()
}

fn line(found: &Found, full: bool) -> String {
    let comment = &found.comment;
    let standing = match comment.standing {
        Standing::Published => "",
        Standing::Pending => "pending",
        Standing::Spam => "spam",
        Standing::Hidden => "hidden",
        Standing::Deleted => "deleted",
    };
    let mut status = vec![standing];
    status.extend(comment.pinned.then_some("pinned"));
    status.extend(comment.closed.then_some("closed"));
    status.extend(comment.author.staff.then_some("staff"));
    status.retain(|word| !word.is_empty());
    let status = if status.is_empty() { String::new() } else { format!("[{}]", status.join(", ")) };
    let mut more = String::new();
    if let Some(tally) = comment.tally.filter(|_| full) {
        let down = tally.down.map_or(String::new(), |down| format!("-{down}"));
        more += &["(+", &tally.up.to_string(), &down, ")"].concat();
    }
    if let Some(language) = comment.language.as_ref().filter(|_| full) {
        more += &["(in ", language, ")"].concat();
    }
    if let Some(edited) = comment.edited.filter(|_| full) {
        more += &["(edited ", &date(edited), ")"].concat();
    }
    if let Some(replies) = comment.replies.filter(|_| full) {
        more += &["(", &replies.to_string(), " replies)"].concat();
    }
    for address in [&comment.author.url, &comment.url].into_iter().flatten().filter(|_| full) {
        more += &["<", address, ">"].concat();
    }
    let words = markup::excerpt(&markup::read(&comment.body));
    let words: Vec<&str> = words.split_whitespace().take(8).collect();
    let date = comment.created.map_or("-".to_owned(), date);
    let name = if comment.author.name.is_empty() { "-" } else { &comment.author.name };
    let id = found.id.as_text().unwrap_or_default();
    let parts = [id, name, &date, &status, &more, &words.join(" ")];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(" ")
}

/// RFC 3339 to the second (Howard Hinnant's `civil_from_days`).
pub fn date(time: Time) -> String {
    let seconds = time.0.div_euclid(1000);
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}
