//! A profile and an answer, divided by a zero byte. A text that is no profile is read by a built-in one.

#![no_main]

use jawjaw::json::Value;
use jawjaw::profile::Profile;
use jawjaw::profile::expression::Answer;
use jawjaw::profile::outline::outline;
use jawjaw::profile::template::Variables;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let (profile, answer) = text.split_once('\0').unwrap_or(("", &text));
    let usual = || Profile::parse(include_str!("../../profiles/static.json"));
    let Ok(profile) = Profile::parse(profile).or_else(|_| usual()) else { return };
    profile.trouble(400, answer, None);
    let Ok(answer) = Value::parse(answer) else { return };
    let variables = Variables::default();
    let mut scope = Answer::new(&answer, &variables);
    scope.url = "https://c.example/c";
    profile.failed(&scope);
    profile.rating(&scope);
    profile.written("create", &scope);
    if let Ok(page) = profile.page(scope, None) {
        outline(&page, true);
        profile.list(&variables, page.next.as_ref());
    }
});
