//! Markdown to safe HTML, with standard crates: `pulldown-cmark` reads, `ammonia` cleans.

use std::collections::HashSet;

use linkify::{LinkFinder, LinkKind};
use pulldown_cmark::{CowStr, Event, LinkType, Options, Parser, Tag, TagEnd, html};

/// The HTML of a comment's Markdown. HTML in it is shown as the text it is; images are left out.
pub(crate) fn html_of(markdown: &str) -> String {
    // No tables: 2,500 characters can ask for 260,000 cells.
    let options = Options::ENABLE_STRIKETHROUGH;
    let events = Parser::new_ext(markdown, options).map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        // Readers end lines where they mean to.
        Event::SoftBreak => Event::HardBreak,
        other => other,
    });
    let mut out = String::new();
    html::push_html(&mut out, linked(events).into_iter());
    ammonia::Builder::default()
        .rm_tags(["img", "area", "map"])
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("ugc nofollow noopener noreferrer"))
        .clean(&out)
        .to_string()
}

/// Web addresses in plain text become links, as readers expect.
fn linked<'a>(events: impl Iterator<Item = Event<'a>>) -> Vec<Event<'a>> {
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
                    if span.kind().is_none() {
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
    use super::html_of;

    #[track_caller]
    fn check(markdown: &str, html: &str) {
        assert_eq!(html_of(markdown).trim(), html, "{markdown}");
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
        check("![a](https://x.org/b.png)", "<p></p>");
        check("a <img src=x onerror=y>", "<p>a &lt;img src=x onerror=y&gt;</p>");
    }
}
