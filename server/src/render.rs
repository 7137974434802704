//! Markdown to safe HTML, with standard crates: `pulldown-cmark` reads, `ammonia` cleans.

use std::collections::HashSet;

use linkify::{LinkFinder, LinkKind};
use pulldown_cmark::{CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, html};
use url::Url;

use crate::limits;
use crate::text;

/// The HTML grew beyond what a comment may have.
#[derive(Debug, PartialEq)]
pub(crate) struct TooLarge;

/// The HTML of a comment's Markdown. HTML in it is shown as the text it is; images are left out. A text
/// of which nothing would be seen is shown as it was typed.
pub(crate) fn html_of(markdown: &str) -> Result<String, TooLarge> {
    let html = cleaned(linked(nested(markdown)))?;
    if shows_nothing(&html) { cleaned(as_typed(markdown)) } else { Ok(html) }
}

fn cleaned(events: Vec<Event>) -> Result<String, TooLarge> {
    let mut out = String::new();
    html::push_html(&mut out, events.into_iter());
    if out.len() > limits::HTML_BYTES {
        return Err(TooLarge);
    }
    let html = ammonia::Builder::default()
        .rm_tags(["img", "area", "map"])
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("ugc nofollow noopener noreferrer"))
        .clean(&out)
        .to_string();
    if html.len() > limits::HTML_BYTES { Err(TooLarge) } else { Ok(html) }
}

/// The events of a text, with tags only as deep as is allowed.
fn nested(markdown: &str) -> Vec<Event<'_>> {
    let mut out = Vec::new();
    // Of each tag that is open: whether it was kept, and whether it counts.
    let mut open: Vec<(bool, bool)> = Vec::new();
    let mut depth = 0;
    // No tables: 2,500 characters can ask for 260,000 cells.
    for event in Parser::new_ext(markdown, Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Html(text) | Event::InlineHtml(text) => out.push(Event::Text(text)),
            // Readers end lines where they mean to.
            Event::SoftBreak => out.push(Event::HardBreak),
            Event::Start(tag) => {
                let counts = nests(&tag);
                let kept = match &tag {
                    // An item stays with its list.
                    Tag::Item => open.last().is_none_or(|(kept, _)| *kept),
                    Tag::Link { dest_url, .. } => depth < limits::NESTING && is_plain(dest_url),
                    _ => !counts || depth < limits::NESTING,
                };
                depth += usize::from(counts && kept);
                open.push((kept, counts));
                if kept {
                    out.push(Event::Start(plain(tag)));
                }
            }
            Event::End(end) => {
                let (kept, counts) = open.pop().unwrap_or((true, false));
                depth -= usize::from(counts && kept);
                match end {
                    TagEnd::Heading(level) => out.push(Event::End(TagEnd::Heading(lower(level)))),
                    _ if kept => out.push(Event::End(end)),
                    // The words of two items stay apart.
                    TagEnd::Item | TagEnd::BlockQuote(_) => out.push(Event::Text(" ".into())),
                    _ => {}
                }
            }
            other => out.push(other),
        }
    }
    out
}

fn nests(tag: &Tag) -> bool {
    matches!(
        tag,
        Tag::BlockQuote(_)
            | Tag::List(_)
            | Tag::Emphasis
            | Tag::Strong
            | Tag::Strikethrough
            | Tag::Link { .. }
    )
}

/// Without a title on links; headings that do not outrank the page's own.
fn plain(tag: Tag) -> Tag {
    match tag {
        Tag::Link { link_type, dest_url, id, .. } => {
            Tag::Link { link_type, dest_url, title: CowStr::Borrowed(""), id }
        }
        Tag::Heading { level, .. } => {
            Tag::Heading { level: lower(level), id: None, classes: Vec::new(), attrs: Vec::new() }
        }
        other => other,
    }
}

fn lower(level: HeadingLevel) -> HeadingLevel {
    level.max(HeadingLevel::H3)
}

/// Whether a link leads where it seems to: `https://bank.example@evil.example` does not.
fn is_plain(address: &str) -> bool {
    Url::parse(address).map_or(true, |url| !text::has_secret(&url))
}

fn as_typed(markdown: &str) -> Vec<Event<'_>> {
    let mut out = vec![Event::Start(Tag::Paragraph)];
    for line in markdown.trim().lines() {
        out.push(Event::Text(line.into()));
        out.push(Event::HardBreak);
    }
    out.pop();
    out.push(Event::End(TagEnd::Paragraph));
    out
}

fn shows_nothing(html: &str) -> bool {
    if html.contains("<hr") {
        return false;
    }
    let words = html.split('<').enumerate().map(|(number, piece)| {
        if number == 0 { piece } else { piece.split_once('>').map_or("", |(_, words)| words) }
    });
    words.into_iter().all(|words| text::is_blank(&words.replace("&nbsp;", "")))
}

/// Web addresses in plain text become links, as readers expect.
fn linked(events: Vec<Event>) -> Vec<Event> {
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url]).url_must_have_scheme(true);
    let mut out = Vec::new();
    // Inside a link or a code block an address is what it is.
    let mut inside = 0;
    for event in events {
        match &event {
            Event::Start(Tag::Link { .. } | Tag::CodeBlock(_)) => inside += 1,
            Event::End(TagEnd::Link | TagEnd::CodeBlock) => inside -= 1,
            Event::Text(text) if inside == 0 => {
                for span in finder.spans(text) {
                    let words = CowStr::from(span.as_str().to_owned());
                    if span.kind().is_none() || !is_plain(span.as_str()) {
                        out.push(Event::Text(words));
                        continue;
                    }
                    out.push(Event::Start(Tag::Link {
                        link_type: LinkType::Autolink,
                        dest_url: words.clone(),
                        title: CowStr::Borrowed(""),
                        id: CowStr::Borrowed(""),
                    }));
                    out.push(Event::Text(words));
                    out.push(Event::End(TagEnd::Link));
                }
                continue;
            }
            _ => {}
        }
        out.push(event);
    }
    out
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[track_caller]
    fn check(markdown: &str, html: &str) {
        assert_eq!(html_of(markdown).expect("it is small").trim(), html, "{markdown}");
    }

    #[test]
    fn markdown_is_rendered() {
        check(
            "a *b* **c** ~~d~~ `e`",
            "<p>a <em>b</em> <strong>c</strong> <del>d</del> <code>e</code></p>",
        );
        check("a\nb", "<p>a<br>\nb</p>");
        check("> a", "<blockquote>\n<p>a</p>\n</blockquote>");
    }

    #[test]
    fn addresses_become_links() {
        let link = "<a href=\"https://x.org/a_b\" rel=\"ugc nofollow noopener noreferrer\">https://x.org/a_b</a>";
        check("see https://x.org/a_b.", &format!("<p>see {link}.</p>"));
        check("`https://x.org`", "<p><code>https://x.org</code></p>");
        let named =
            "<a href=\"https://x.org\" rel=\"ugc nofollow noopener noreferrer\">https://y.org</a>";
        check("[https://y.org](https://x.org)", &format!("<p>{named}</p>"));
    }

    #[test]
    fn nothing_in_it_can_run() {
        check("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;");
        check(
            "[a](javascript:alert(1))",
            "<p><a rel=\"ugc nofollow noopener noreferrer\">a</a></p>",
        );
        check("b ![a](https://x.org/b.png)", "<p>b </p>");
        check("a <img src=x onerror=y>", "<p>a &lt;img src=x onerror=y&gt;</p>");
    }

    #[test]
    fn a_link_leads_where_it_seems_to() {
        check("[a](https://bank.example@evil.example)", "<p>a</p>");
        check(
            "see https://bank.example:x@evil.example",
            "<p>see https://bank.example:x@evil.example</p>",
        );
        let link = "<a href=\"https://x.org\" rel=\"ugc nofollow noopener noreferrer\">a</a>";
        check("[a](https://x.org \"title\")", &format!("<p>{link}</p>"));
        check("# a\n## b\n#### c", "<h3>a</h3>\n<h3>b</h3>\n<h4>c</h4>");
    }

    #[test]
    fn what_would_show_nothing_is_shown_as_typed() {
        check("![a](https://x.org/b.png)", "<p>![a](https://x.org/b.png)</p>");
        check("#", "<p>#</p>");
        check("-\n-", "<p>-<br>\n-</p>");
        check("[](https://x.org)", "<p>[](https://x.org)</p>");
        check("---", "<hr>");
    }

    /// Texts made to be slow or to grow, in the time and the space that a comment may have.
    #[test]
    fn no_text_takes_long_or_grows_much() {
        let repeated = |piece: &str| piece.repeat(10_000 / piece.chars().count());
        let mut texts: Vec<String> = [
            ">",
            "> ",
            "* ",
            "- ",
            "+ ",
            "> - ",
            "1. ",
            "*",
            "_",
            "**a",
            "*a ",
            "~~",
            "[",
            "![",
            "`",
            "[a](",
            "<",
            "&",
            "\\",
            "[a]: x\n",
            "a_",
            ">\n",
            "- a\n",
            "* *",
            "\u{300}",
            "((",
            "<a ",
            "<!--",
            "http://a ",
            "[x](http://a)",
            "***a",
            "~~*a",
        ]
        .iter()
        .map(|piece| repeated(piece))
        .collect();
        texts.push(format!("[a]: http://{}\n\n{}", "u".repeat(1_000), "[a]".repeat(2_900)));
        texts.push((0..120).map(|n| " ".repeat(n) + "- a\n").collect());
        texts.push("<".repeat(9_999));
        for text in texts {
            let begin = worked();
            let html = html_of(&text);
            let took = worked().saturating_sub(begin);
            let start: String = text.chars().take(12).collect();
            // In a release build all are below 10 ms.
            assert!(took < Duration::from_secs(2), "{start:?} took {took:?}");
            let Ok(html) = html else { continue };
            assert!(html.len() <= limits::HTML_BYTES, "{start:?} gives {} bytes", html.len());
            assert!(
                depth_of(&html) <= limits::NESTING * 2 + 4,
                "{start:?} is {} deep",
                depth_of(&html)
            );
        }
    }

    /// How long this thread has had a processor: what others do meanwhile is not in it.
    fn worked() -> Duration {
        let stat = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux has it");
        let nanoseconds = stat.split(' ').next().and_then(|first| first.parse().ok());
        Duration::from_nanos(nanoseconds.expect("a number"))
    }

    fn depth_of(html: &str) -> usize {
        let (mut depth, mut most) = (0_usize, 0);
        for piece in html.split('<').skip(1) {
            if piece.starts_with('/') {
                depth = depth.saturating_sub(1);
            } else if !piece.starts_with("br") && !piece.starts_with("hr") {
                depth += 1;
            }
            most = most.max(depth);
        }
        most
    }

    #[test]
    fn words_deeper_than_tags_may_be_stay() {
        let html = html_of(&format!("{} deep", ">".repeat(500))).expect("it is small");
        assert!(html.contains("deep") && html.matches("<blockquote>").count() == limits::NESTING);
    }
}
