//! Beside pulldown-cmark, which reads all of `CommonMark`.

use pulldown_cmark::{Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd};

use super::*;
use crate::domain::markup::{link_address, words};

/// `name(…)` for an element, quoted text; the same for both readers.
fn picture(nodes: &[Node]) -> String {
    let mut out = String::new();
    for node in nodes {
        match node {
            Node::Text(text) => out += text,
            Node::Element { name: "img", children, .. } => out += &words(children),
            // An address by itself is a link in ours.
            Node::Element { attributes, children, .. }
                if attributes.iter().any(|(_, href)| words(children) == *href) =>
            {
                out += &words(children);
            }
            Node::Cut => out += "<cut>",
            Node::Element { name, attributes, children } => {
                let told = attributes.iter().find(|(name, _)| matches!(*name, "href" | "start"));
                let href = told.map(|(_, told)| format!("={told}")).unwrap_or_default();
                out += &["<", name, &href, ">", &picture(children), "</>"].concat();
            }
        }
    }
    out
}

/// The same tree by the library, addresses in words left as words.
fn reference(markdown: &str) -> String {
    let mut out = String::new();
    let mut bare = false;
    for event in Parser::new_ext(markdown, Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Start(Tag::Link { link_type: LinkType::Autolink, .. }) => bare = true,
            Event::End(TagEnd::Link) if std::mem::take(&mut bare) => {}
            Event::Start(tag) => {
                let name = match &tag {
                    Tag::Paragraph => "p",
                    Tag::Heading { level: HeadingLevel::H1, .. } => "h4",
                    Tag::Heading { level: HeadingLevel::H2, .. } => "h5",
                    Tag::Heading { .. } => "h6",
                    Tag::BlockQuote(_) => "blockquote",
                    Tag::CodeBlock(_) => "pre",
                    Tag::List(None) => "ul",
                    Tag::List(Some(_)) => "ol",
                    Tag::Item => "li",
                    Tag::Emphasis => "em",
                    Tag::Strong => "strong",
                    Tag::Strikethrough => "s",
                    Tag::Link { .. } => "a",
                    _ => "",
                };
                let href = match &tag {
                    Tag::Link { dest_url, link_type, .. } => {
                        let mail = *link_type == LinkType::Email;
                        link_address(
                            "",
                            &if mail { format!("mailto:{dest_url}") } else { dest_url.to_string() },
                        )
                    }
                    Tag::List(Some(start)) if *start != 1 => Some(start.to_string()),
                    _ => None,
                };
                let href = href.map(|href| format!("={href}")).unwrap_or_default();
                if !name.is_empty() {
                    out += &["<", name, &href, ">"].concat();
                }
            }
            Event::End(TagEnd::Image) => {}
            Event::End(_) => out += "</>",
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => out += &text,
            Event::Code(text) => out += &["<code>", &text, "</>"].concat(),
            Event::SoftBreak | Event::HardBreak => out += "<br></>",
            Event::Rule => out += "<hr></>",
            _ => {}
        }
    }
    out
}

/// Both read it alike.
#[track_caller]
fn check(markdown: &str) {
    let markdown = &format!("{markdown}\n");
    assert_eq!(picture(&read(markdown, "")), reference(markdown), "{markdown:?}");
}

#[test]
fn paragraphs_and_headings() {
    for markdown in [
        "a\nb\n\nc",
        "a  \nb",
        "a\\\nb",
        "# a",
        "## b ##",
        "####### c",
        "#d",
        "a\n===",
        "a\nb\n---\nc",
        "***",
        "a\n***\nb",
        "- - -",
        "    code\n\n    more\n\na",
        "a\n    b",
        "# ",
        "a\n# b",
        "\ta",
        "a ## b",
        "# a #b",
    ] {
        check(markdown);
    }
}

#[test]
fn quotations_and_lists() {
    for markdown in [
        "> a\n> b\n\nc",
        "> a\nb",
        "> a\n\n> b",
        "> > a\nb",
        "> - a\n> - b",
        "> ```\n> x\n\ny",
        ">a\n---",
        "- a\n- b",
        "- a\n\n- b",
        "- a\n\n  b\n- c",
        "- a\n  - b\n  - c\n- d",
        "1. a\n2. b\n10. c",
        "1) a\n1. b",
        "* a\n+ b",
        "a\n- b",
        "a\n2. b",
        "a\n1. b",
        "- a\nb",
        "-\n  a",
        "-\n\n  a",
        "- a\n\n\n- b\n\nc",
        "- a\n\n      code",
        "-     code",
        "10. a\n\n    b",
        "- a\n  > b\n  ```\n  c\n  ```\n- d",
        "1. a\n\n2. b",
        "- a\n  - b\n\n    c\n- d",
        "- # a\n- b",
        "1234567890. a",
        "- a\n\nb",
        "- a\n - b\n  - c",
    ] {
        check(markdown);
    }
}

#[test]
fn code() {
    for markdown in [
        "```\na\n  b\n```\nc",
        "~~~ rust\na\n~~~",
        "```\na",
        "  ```\n  a\n b\n  ```",
        "````\n```\n````",
        "``` a`b\nc",
        "`a`",
        "`` a`b ``",
        "`a",
        "a `b\nc` d",
        "` `",
        "`  a  `",
        "``a`",
        "a\n```\nb\n```\nc",
    ] {
        check(markdown);
    }
}

#[test]
fn emphasis() {
    for markdown in [
        "*a*",
        "**a**",
        "***a***",
        "_a_",
        "__a__",
        "a*b*c",
        "a_b_c",
        "*a **b** c*",
        "**a *b* c**",
        "*a*b*",
        "* a *",
        "**a*",
        "*a**",
        "*(a)*",
        "**\"a\"**",
        "~~a~~",
        "~a~",
        "~~~a~~~",
        "~~a~",
        "*a _b* c_",
        "**a**b**c**",
        "*foo**bar**baz*",
        "*foo**bar*",
        "foo***bar***baz",
        "_(a)_.",
        "***a** b*",
        "***a* b**",
        "\\*a\\*",
        "*a\nb*",
        "**a*b**c*",
        "*a ~~b* c~~",
        "__a_b__",
        "*a*.*b*",
        "“*a*”",
        "_a `c` d* e_ *d*",
        "a—*b*—c",
    ] {
        check(markdown);
    }
}

#[test]
fn links() {
    for markdown in [
        "[a](https://x.org)",
        "[a](<https://x.org/a b>)",
        "[a](https://x.org \"t\")",
        "[*a*](https://x.org)",
        "[a](https://x.org/(b))",
        "[a](https://x.org/\\))",
        "[a]( https://x.org )",
        "[a](javascript:b)",
        "[a](",
        "[a] (b)",
        "[a[b](https://x.org)](https://y.org)",
        "![a](https://x.org/b.png)",
        "![a *b*](c)",
        "[![a](b)](https://x.org)",
        "*[a*](https://x.org)",
        "[a](https://x.org/?b&amp;c)",
        "<https://x.org>",
        "<a@b.org>",
        "a < b",
        "[a]",
        "]",
        "[",
        "![",
        "[a](https://x.org 't')",
        "[a](https://x.org (t))",
        "&amp; &lt;b&gt; &#65; &nope;",
        "a & b",
        "[](https://x.org)",
        "[a](/b)",
        "\\[a](https://x.org)",
    ] {
        check(markdown);
    }
}

#[test]
fn what_is_written_apart() {
    let ours = |markdown: &str| picture(&read(markdown, ""));
    // HTML is the words it is.
    assert_eq!(ours("<b>*a*</b>"), "<p><b><em>a</></b></>");
    assert_eq!(ours("<a b>"), "<p><a b></>");
    // A spoiler is closed, a list counts on, and an image is one where it says from where.
    for (markdown, shown) in [
        (
            "::: spoiler b *c*\n**d**\n:::\ne",
            "<details><summary>b *c*</><p><strong>d</></></><p>e</>",
        ),
        ("a >!b!<\n\n4. c", "<p>a</><details><p>b</></><ol=4><li>c</></>"),
        ("`>!a!<`", "<p><code>>!a!<</></>"),
    ] {
        assert_eq!(ours(markdown), shown, "{markdown}");
    }
    let image = |markdown| format!("{:?}", read(markdown, "https://s.example/api/1"));
    let there = image("![a *b*](/c.png) [d](/e)");
    for told in ["(\"src\", \"https://s.example/c.png\")", "\"a b\"", "\"https://s.example/e\""] {
        assert!(there.contains(told), "{there}");
    }
    assert!(!image("![a](javascript:b)").contains("img"));
    // Addresses are links, references are not made.
    for address in ["see https://x.org/?a&b.", "[a]: https://x.org/?a&b"] {
        let nodes = format!("{:?}", read(address, ""));
        assert!(nodes.contains("(\"href\", \"https://x.org/?a&b\")"), "{nodes}");
    }
}

/// Words and marks at random; nearly all are read as the library reads them, and none takes long.
#[test]
fn random_texts_are_read_alike() {
    const PIECES: [&str; 24] = [
        "a",
        "b c",
        " ",
        "\n",
        "\n\n",
        "*",
        "**",
        "_",
        "`",
        "~~",
        "> ",
        "- ",
        "1. ",
        "# ",
        "  ",
        "    ",
        "[x](https://y.org)",
        "!",
        "\\",
        "word",
        "```\n",
        ".",
        "(",
        "é",
    ];
    let (mut state, mut alike) = (42u64, 0);
    let mut next = |below: usize| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or(0) % below
    };
    let cases = std::env::var("CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(20_000);
    let mut apart = Vec::new();
    for _ in 0..cases {
        let text: String = (0..=next(14)).map(|_| PIECES[next(PIECES.len())]).collect();
        let text = text + "\n";
        if picture(&read(&text, "")) == reference(&text) {
            alike += 1;
        } else if apart.len() < 12 {
            apart.push(format!(
                "{text:?}\n  ours {}\n  lib  {}",
                picture(&read(&text, "")),
                reference(&text)
            ));
        }
    }
    println!(
        "{alike} of {cases} texts are read alike; apart are for example\n{}",
        apart.join("\n")
    );
    assert!(alike * 100 >= cases * 99, "{alike} of {cases}\n{}", apart.join("\n"));
}

#[test]
fn bombs_take_no_time() {
    for (bomb, times) in [
        ("[", 50_000),
        ("*", 100_000),
        ("_ ", 50_000),
        (">", 20_000),
        ("`", 50_000),
        ("&", 50_000),
        ("#", 50_000),
        ("[x]: y\n", 5_000),
        ("a**", 20_000),
        ("<![CDATA[", 10_000),
        ("&#", 30_000),
        ("http://", 10_000),
        ("a@", 20_000),
        ("- ", 50_000),
        ("[a](b", 20_000),
        ("**a *b ", 10_000),
        ("> - ", 20_000),
        ("`a``", 25_000),
        ("*a_", 30_000),
        ("[a](", 20_000),
        ("\u{301}", 50_000),
        ("1. a\n  ", 10_000),
        ("~a", 40_000),
        ("> a\nb\nb\nb\nb\nb\nb\nb\n", 6_000),
    ] {
        let started = std::time::Instant::now();
        let nodes = read(&bomb.repeat(times), "");
        assert!(started.elapsed().as_secs() < 5, "{bomb:?} takes {:?}", started.elapsed());
        assert!(deepest(&nodes) <= 3 * DEEPEST, "{bomb:?} nests {}", deepest(&nodes));
    }
}

fn deepest(nodes: &[Node]) -> usize {
    let inside = |node: &Node| match node {
        Node::Text(_) | Node::Cut => 0,
        Node::Element { children, .. } => 1 + deepest(children),
    };
    nodes.iter().map(inside).max().unwrap_or(0)
}
