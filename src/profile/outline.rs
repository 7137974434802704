//! A page of a discussion as text, for tests and for whoever writes a profile. Nothing of it ships.

use crate::domain::comment::{CommentKey, Standing};
use crate::domain::markup;
use crate::domain::thread::Forest;
use crate::domain::time::Time;
use crate::profile::read::{Found, Page};

/// One line a comment, two spaces a level: `id author date [status] first words`; then the total and
/// the next page.
pub fn outline(page: &Page) -> String {
    let (mut forest, mut ids) = (Forest::default(), Vec::<&str>::new());
    let text = |found: &'_ crate::json::Value| found.as_text().unwrap_or_default().to_owned();
    for found in &page.found {
        ids.push(found.id.as_text().unwrap_or_default());
    }
    let key = |id: &str| {
        let place = ids.iter().position(|known| *known == id);
        place.and_then(|place| u32::try_from(place).ok()).map(CommentKey)
    };
    for found in &page.found {
        let parent = found.parent.as_ref().and_then(|parent| key(&text(parent)));
        if let Some(key) = key(&text(&found.id)) {
            forest.add(key, parent);
        }
    }
    let mut out = String::new();
    let mut waiting: Vec<(CommentKey, usize)> =
        forest.roots().into_iter().rev().map(|key| (key, 0)).collect();
    while let Some((key, depth)) = waiting.pop() {
        out += &"  ".repeat(depth);
        out += &line(&page.found[key.index()]);
        out.push('\n');
        waiting.extend(forest.replies(key).iter().rev().map(|&reply| (reply, depth + 1)));
    }
    let total = page.total.map_or("unknown".to_owned(), |total| total.to_string());
    let next = page.next.as_ref().map_or("none".to_owned(), crate::json::Value::write);
    out + "total " + &total + ", next " + &next + "\n"
}

fn line(found: &Found) -> String {
    let comment = &found.comment;
    let standing = match comment.standing {
        Standing::Published => "",
        Standing::Pending => "[pending]",
        Standing::Hidden => "[hidden]",
        Standing::Deleted => "[deleted]",
    };
    let votes = comment.tally.map_or(String::new(), |tally| {
        let down = tally.down.map_or(String::new(), |down| format!("-{down}"));
        format!("(+{}{down})", tally.up)
    });
    let words = markup::words(&markup::read(&comment.body));
    let words: Vec<&str> = words.split_whitespace().take(6).collect();
    let date = comment.created.map_or("no date".to_owned(), date);
    let name = if comment.author.name.is_empty() { "-" } else { &comment.author.name };
    let parts =
        [found.id.as_text().unwrap_or_default(), name, &date, standing, &votes, &words.join(" ")];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(" ")
}

/// RFC 3339 to the second (Howard Hinnant's `civil_from_days`).
fn date(time: Time) -> String {
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
