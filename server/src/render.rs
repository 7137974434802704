//! Markdown to safe HTML, with standard crates: `pulldown-cmark` reads, `ammonia` cleans.

use std::collections::HashSet;

use pulldown_cmark::{Event, Options, Parser, html};

/// The HTML of a comment's Markdown. HTML in it is shown as the text it is; images are left out.
pub(crate) fn html_of(markdown: &str) -> String {
    let options = Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES;
    let events = Parser::new_ext(markdown, options).map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        // Readers end lines where they mean to.
        Event::SoftBreak => Event::HardBreak,
        other => other,
    });
    let mut out = String::new();
    html::push_html(&mut out, events);
    ammonia::Builder::default()
        .rm_tags(["img", "area", "map"])
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("ugc nofollow noopener noreferrer"))
        .clean(&out)
        .to_string()
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
