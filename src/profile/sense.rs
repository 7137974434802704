//! Members of a profile that need each other.

use crate::json::Value;
use crate::profile::template;

/// Checks what no single member shows: members that need each other.
pub(super) fn check(profile: &Value) -> Result<(), String> {
    for at in ["/list", "/operations/replies"] {
        check_pages(profile.at(at).unwrap_or(&Value::Null), at)?;
    }
    if let Some(offset) = profile.at("/comment/dates/offset").and_then(Value::as_str)
        && !offset.contains('{')
        && crate::domain::time::zone(offset).is_none()
    {
        return Err(["/comment/dates/offset is \"", offset, "\"; write it as +02:00"].concat());
    }
    for template in profile.at("/comment/fragments").map_or(&[][..], Value::as_list) {
        let template = template.as_str().unwrap_or_default();
        let known = |name: &&str| {
            *name == "id"
                || profile.at("/comment/capture").is_some_and(|kept| kept.get(name).is_some())
        };
        if !matches!(template::names(template)[..], [ref name] if known(name)) {
            return Err([
                "/comment/fragments has \"",
                template,
                "\"; write {id} once, or a name of /comment/capture",
            ]
            .concat());
        }
    }
    for (name, told) in profile.get("operations").map_or(&[][..], Value::members) {
        let media = told.get("mediaType").and_then(Value::as_str).unwrap_or_default();
        let nested = |value: &Value| !value.as_list().is_empty() || !value.members().is_empty();
        let body = told.get("body").map_or(&[][..], Value::members);
        if let Some((member, _)) = body.iter().find(|(_, value)| nested(value))
            && media.ends_with("form-urlencoded")
        {
            return Err([
                "/operations/",
                name,
                "/body/",
                member,
                " is nested; a form has names and values only",
            ]
            .concat());
        }
    }
    Ok(())
}

/// Checks how pages of a request are turned.
fn check_pages(told: &Value, at: &str) -> Result<(), String> {
    let page = |name: &str| told.get("page").and_then(|page| page.get(name));
    let Some(mode) = page("mode").and_then(Value::as_str) else { return Ok(()) };
    let needed: &[&str] = match mode {
        "cursor" | "key" => &["param", "cursor"],
        "ids" => &["param", "ids"],
        "next" => &["next"],
        "link" => &[],
        _ => &["param"],
    };
    if let Some(missing) = needed.iter().find(|name| page(name).is_none()) {
        return Err([at, "/page/", missing, " is missing; mode ", mode, " needs it"].concat());
    }
    let param = page("param").and_then(Value::as_str).unwrap_or_default();
    let href = told.get("href").and_then(Value::as_str).unwrap_or_default();
    let used = template::names(href).contains(&param)
        || told.get("body").is_some_and(|body| template::asks_for(body, param));
    if !used && !["ids", "next", "link"].contains(&mode) {
        let stands = [at, "/page/param is \"", param, "\", which stands neither in ", at];
        let write = ["/href nor in ", at, "/body; write {?", param, "} or {&", param];
        return Err([&stands.concat(), &*write.concat(), "} where it belongs"].concat());
    }
    Ok(())
}
