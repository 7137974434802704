//! What the page gives to a profile, checked against what the profile asks for.

use crate::domain::address;
use crate::json::Value;
use crate::profile::Profile;
use crate::profile::template::{self, Variables};

/// What the page says of itself and of what is discussed on it.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// The base address of the endpoint; empty if the page gave none.
    pub endpoint: String,
    /// What is being discussed, as the service knows it; empty if the page gave none.
    pub article: String,
    /// The same, or what stands for it, percent-decoded as `decodeURI` has it, by which the clients of services do it;
    /// empty where it cannot be.
    pub decoded: String,
    /// The address of the page, without a fragment; with a query only where the page says that it belongs to it.
    pub url: String,
    pub title: String,
    /// The order asked for, in the words of the profile; may be empty.
    pub sort: String,
    /// A secret of the viewer's that the page knows.
    pub token: Option<String>,
    /// Everything else, by names whose capitals do not count.
    pub more: Vec<(String, String)>,
}

impl Profile {
    /// Whether the same is read where another page gives this.
    pub fn fits(&self, given: &Given, other: &Given) -> bool {
        let [one, two] = [given, other].map(|given| {
            let variables = self.variables(given).unwrap_or_default();
            self.opening(&variables)
        });
        given.url == other.url || (self.script().is_none() && one == two)
    }

    /// All variables there are before anybody acts. `Err` says what to write on the tag.
    pub fn variables(&self, given: &Given) -> Result<Variables, String> {
        let mut variables = Variables::default();
        let mut set = |name: &str, value: &str| {
            if !value.is_empty() {
                variables.set(name, Value::text(value));
            }
        };
        let page = address::origin(&given.url);
        set("url", &given.url);
        set("title", &given.title);
        set("path", address::path(&given.url));
        set("host", page.rsplit('/').next().unwrap_or_default());
        set("sort", &given.sort);
        let declared = self.at("/variables/article");
        if declared.is_none_or(|told| told.get("decoded").is_some()) {
            // Most services know an article by the path of its page, as far as the page says what belongs to that.
            set("article", address::place(&given.url));
        }
        set("article", &given.article);
        if declared.is_some_and(|told| told.get("decoded").is_some_and(Value::is_truthy)) {
            set("article", &given.decoded);
        }
        set("endpoint", given.endpoint.trim_end_matches('/'));
        for (name, told) in self.at("/variables").map_or(&[][..], Value::members) {
            let same = |(other, _): &&(String, String)| other.eq_ignore_ascii_case(name);
            let more = given.more.iter().find(same).map(|(_, value)| Value::text(value));
            let own = variables.get(name).cloned();
            let value = more.or(own).or_else(|| told.get("default").cloned());
            let value = value.or_else(|| form(told, 0, &variables));
            let attribute = match name.as_str() {
                "endpoint" | "article" => name.clone(),
                _ => ["var-", name].concat(),
            };
            let mend = || {
                let description = told.get("description").and_then(Value::as_str);
                let described =
                    description.map_or(String::new(), |text| [" (", text, ")"].concat());
                ["; write ", &attribute, "=\"…\" on the tag", &described].concat()
            };
            match value {
                Some(value) => {
                    if let Some(value) = typed(&value, told.get("type")) {
                        variables.set(name, value);
                    } else {
                        let (is, kind) = (value.write(), told.get("type").map(Value::write));
                        let kind = kind.unwrap_or_default().replace('"', "");
                        let said = [&*attribute, " is ", &is, ", which is no ", &kind].concat();
                        return Err([&said, &*mend()].concat());
                    }
                }
                None if told.get("required").is_some_and(Value::is_truthy) => {
                    return Err(["the attribute ", &attribute, " is missing", &mend()].concat());
                }
                None => {}
            }
        }
        for (name, _) in &given.more {
            let declared = self.at("/variables").map_or(&[][..], Value::members);
            if !declared.iter().any(|(other, _)| other.eq_ignore_ascii_case(name)) {
                let declared: Vec<&str> = declared.iter().map(|(name, _)| name.as_str()).collect();
                let declared =
                    if declared.is_empty() { "nothing".to_owned() } else { declared.join(", ") };
                let said = " is not asked for by this profile; it asks for ";
                return Err(["var-", name, said, &declared].concat());
            }
        }
        Ok(variables)
    }

    /// Takes the next form of the variable that has several, or after the last the first; whether it was the next. Not
    /// where the page itself said what it is.
    pub fn take_next_form(&self, variables: &mut Variables) -> bool {
        for (name, told) in self.at("/variables").map_or(&[][..], Value::members) {
            let mut number = 0;
            while let Some(value) = form(told, number, variables) {
                number += 1;
                if variables.get(name) == Some(&value) {
                    let next = form(told, number, variables);
                    let goes_on = next.is_some();
                    if let Some(value) = next.or_else(|| form(told, 0, variables)) {
                        variables.set(name, value);
                    }
                    return goes_on;
                }
            }
        }
        false
    }
}

/// One of the forms of a variable.
fn form(told: &Value, number: usize, variables: &Variables) -> Option<Value> {
    let form = told.get("forms")?.as_list().get(number)?.as_str()?;
    Some(Value::Text(template::expand(form, variables)))
}

/// The value as the type that was declared; `None` if it is no such thing.
fn typed(value: &Value, kind: Option<&Value>) -> Option<Value> {
    let text = value.as_text()?;
    match kind.and_then(Value::as_str) {
        Some("integer") => {
            let digits = text.strip_prefix('-').unwrap_or(text);
            let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
            is_number.then(|| Value::Number(text.to_owned()))
        }
        Some("boolean") => match text {
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            _ => None,
        },
        _ => Some(value.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(declared: &str, given: Given, picture: &str) {
        let text = [
            r##"{"profile":"x","version":1,"list":{"href":"x","items":"#"},"comment":{"id":"/id","text":"/t"},"variables":"##,
            declared,
            "}",
        ];
        let profile = Profile::parse(&text.concat()).expect("a profile");
        let seen = match profile.variables(&given) {
            Ok(variables) => {
                let mut names: Vec<&str> = variables.names().collect();
                names.sort_unstable();
                names.dedup();
                let shown = |name: &str| {
                    [name, "=", &variables.get(name).map(Value::write).unwrap_or_default()].concat()
                };
                names.into_iter().map(shown).collect::<Vec<_>>().join(" ")
            }
            Err(error) => error,
        };
        assert_eq!(seen, picture);
    }

    fn page() -> Given {
        Given { url: "https://b.example:8/2026/x/".to_owned(), ..Given::default() }
    }

    #[test]
    fn the_page_and_the_profile_say_what_is_known() {
        check(
            "{}",
            page(),
            r#"article="/2026/x/" host="b.example:8" path="/2026/x/" url="https://b.example:8/2026/x/""#,
        );
        let more = vec![("appid".to_owned(), "7".to_owned())];
        check(
            r#"{"appId":{},"n":{"default":3}}"#,
            Given { more, ..Given::default() },
            r#"appId="7" article="/" n=3 path="/""#,
        );
        let endpoint = "https://c.example/".to_owned();
        check(
            r#"{"article":{"type":"integer"}}"#,
            Given { article: "12".to_owned(), endpoint, ..Given::default() },
            r#"article=12 endpoint="https://c.example" path="/""#,
        );
    }

    #[test]
    fn an_article_is_filed_as_its_service_files_it() {
        let at = |url: &str| Given { url: url.to_owned(), ..Given::default() };
        check(
            r#"{"article":{"decoded":true}}"#,
            Given {
                decoded: "/文%2f1 a/".to_owned(),
                ..at("https://b.example/%E6%96%87%2f1%20a/")
            },
            r#"article="/文%2f1 a/" host="b.example" path="/%E6%96%87%2f1%20a/" url="https://b.example/%E6%96%87%2f1%20a/""#,
        );
        // What is not what it says it is stays.
        check(
            r#"{"article":{"decoded":true}}"#,
            Given { article: "/%E6%96/%FF".to_owned(), ..Given::default() },
            r#"article="/%E6%96/%FF" path="/""#,
        );
        check(
            "{}",
            at("https://b.example/?p=7"),
            r#"article="/?p=7" host="b.example" path="/" url="https://b.example/?p=7""#,
        );
    }

    #[test]
    fn a_variable_may_have_several_forms() {
        let text = r##"{"profile":"x","version":1,"list":{"href":"{+api}/c?page=1{?x}","items":"#"},
            "comment":{"id":"/id","text":"/t"},"variables":{"x":{},"api":{"forms":["{+endpoint}/json","{+endpoint}/?route="]}}}"##;
        let profile = Profile::parse(text).expect("a profile");
        let more = vec![("x".to_owned(), "1".to_owned())];
        let given = Given { endpoint: "https://c.example/".to_owned(), more, ..page() };
        let mut variables = profile.variables(&given).expect("variables");
        assert_eq!(profile.list(&variables, None).url, "https://c.example/json/c?page=1&x=1");
        assert!(profile.take_next_form(&mut variables));
        let url = profile.list(&variables, None).url;
        assert_eq!(url, "https://c.example/?route=/c&page=1&x=1");
        assert!(!profile.take_next_form(&mut variables), "there is no third");
        assert_eq!(profile.list(&variables, None).url, "https://c.example/json/c?page=1&x=1");
        let more = vec![("api".to_owned(), "https://d.example".to_owned())];
        let mut own = profile.variables(&Given { more, ..given }).expect("variables");
        assert!(!profile.take_next_form(&mut own), "the page says it");
        assert_eq!(profile.list(&own, None).url, "https://d.example/c?page=1");
    }

    #[test]
    fn what_is_missing_or_wrong_is_said() {
        let article =
            r#"{"article":{"type":"integer","required":true,"description":"number of the post"}}"#;
        check(
            article,
            page(),
            "the attribute article is missing; write article=\"…\" on the tag (number of the post)",
        );
        let given = Given { article: "x".to_owned(), ..page() };
        check(
            article,
            given,
            "article is \"x\", which is no integer; write article=\"…\" on the tag (number of the post)",
        );
        check(
            r#"{"site":{"required":true}}"#,
            page(),
            "the attribute var-site is missing; write var-site=\"…\" on the tag",
        );
        let more = vec![("sit".to_owned(), "7".to_owned())];
        check(
            r#"{"site":{}}"#,
            Given { more, ..page() },
            "var-sit is not asked for by this profile; it asks for site",
        );
    }
}
