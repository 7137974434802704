//! Any JSON through any profile: it ends, and nothing panics. `CASES=1000000 cargo test --release
//! --test any_answer` tries as many as you like.

use std::fs;
use std::path::Path;

use jawjaw::json::Value;
use jawjaw::profile::Profile;
use jawjaw::profile::expression::Answer;
use jawjaw::profile::outline::outline;
use jawjaw::profile::template::Variables;

/// Marsaglia's xorshift: the same cases every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (end as u64)).unwrap_or(0)
    }

    fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// Puts something else in place of a part of a document.
fn spoil(value: &mut Value, dice: &mut Dice, names: &[String], depth: usize) {
    let count = match value {
        Value::List(elements) => elements.len(),
        Value::Record(members) => members.len(),
        _ => 0,
    };
    if count == 0 || dice.below(4 + depth) == 0 {
        *value = match dice.below(12) {
            0 => Value::Null,
            1 => Value::Bool(true),
            2 => Value::Number("-1e999".to_owned()),
            3 => Value::Number("9007199254740993".to_owned()),
            4 => Value::text(""),
            5 => Value::text("<b>\u{202E}&amp;</p><script>"),
            6 => Value::List(Vec::new()),
            7 => Value::Record(Vec::new()),
            8 => Value::List(vec![value.clone(), value.clone(), Value::Null]),
            9 => Value::Record(vec![(dice.pick(names).clone(), value.clone())]),
            10 => Value::text("2026-02-30T99:99"),
            _ => Value::text("https://evil.example/?page=2"),
        };
        return;
    }
    let place = dice.below(count);
    match value {
        Value::List(elements) => spoil(&mut elements[place], dice, names, depth + 1),
        Value::Record(members) => spoil(&mut members[place].1, dice, names, depth + 1),
        _ => {}
    }
}

fn collect(value: &Value, names: &mut Vec<String>) {
    for element in value.as_list() {
        collect(element, names);
    }
    for (name, value) in value.members() {
        names.push(name.clone());
        collect(value, names);
    }
}

#[test]
fn any_answer_through_any_profile_ends() {
    let cases = std::env::var("CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(20_000);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut trees, mut answers, mut names) = (Vec::new(), Vec::new(), Vec::new());
    for folder in fs::read_dir(root.join("tests/fixtures")).expect("fixtures") {
        let folder = folder.expect("a folder");
        let read =
            |path: &Path| Value::parse(&fs::read_to_string(path).expect("text")).expect("JSON");
        let profile = format!("profiles/{}.json", folder.file_name().to_string_lossy());
        trees.push(read(&root.join(profile)));
        answers.push(read(&folder.path().join("comments.json")));
    }
    answers.iter().chain(&trees).for_each(|value| collect(value, &mut names));
    let (mut dice, mut read, mut refused) = (Dice(0x9E37_79B9_7F4A_7C15), 0_u32, 0_u32);
    for _ in 0..cases {
        let mut tree = dice.pick(&trees).clone();
        if dice.below(2) == 0 {
            spoil(&mut tree, &mut dice, &names, 0);
        }
        let Ok(profile) = Profile::parse(&tree.write()) else {
            refused += 1;
            continue;
        };
        let mut answer = dice.pick(&answers).clone();
        for _ in 0..dice.below(4) {
            spoil(&mut answer, &mut dice, &names, 0);
        }
        let text = answer.write();
        let answer = Value::parse(&text).expect("what was written is read");
        let variables = Variables::default();
        let mut scope = Answer::new(&answer, &variables);
        scope.url = "https://c.example/c";
        let asked = profile.list(&variables, None);
        profile.failed(&scope);
        profile.trouble(400, &text, None);
        profile.rating(&scope);
        profile.written("create", &scope);
        if let Ok(page) = profile.page(scope, None) {
            read += 1;
            outline(&page, true);
            let next = page.next.as_ref().map(|next| profile.list(&variables, Some(next)));
            assert!(next.is_none_or(|next| next.url.len() < asked.url.len() + text.len() + 10_000));
        }
    }
    // Both ways must have been taken often, or nothing was tried.
    assert!(read > cases / 20 && refused > cases / 20, "{read} read, {refused} refused of {cases}");
}
