//! Every sentence a reader can see, and how numbers and times are said.

pub mod ago;
pub mod linked_data;

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use js_sys::{Array, Function, Intl, Object, Reflect};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use crate::domain::letters;
use crate::domain::trouble::Trouble;
use crate::json::Value;
use crate::json::digits;

/// English, compiled in: whatever another language leaves out is said in English. What only writing says
/// comes with it (`build.rs`).
const ENGLISH: &str = include_str!(concat!(env!("OUT_DIR"), "/reading.json"));

/// The languages there are sentences in: tags with a space between them.
pub const LANGUAGES: &str = include_str!(concat!(env!("OUT_DIR"), "/languages.txt"));

/// The sentences of one language.
#[derive(Clone)]
pub struct Text(Rc<Inner>);

struct Inner {
    /// What was learned, as it came and as it is looked through, one after the other.
    sentences: RefCell<Vec<(&'static str, Value)>>,
    /// What is said in place of those: in another language, or in the page's own words. The first counts.
    instead: Vec<Value>,
    languages: Array,
    /// It is in our own words, with the digits of this file.
    is_english: bool,
    plural: OnceCell<Intl::PluralRules>,
    number: OnceCell<Intl::NumberFormat>,
    ago: ago::Ago,
}

impl Text {
    /// `language` is a BCP 47 tag; one the browser does not know is as good as English. `instead` are sentences
    /// as JSON that count before the English ones, the first before the next; what is no JSON says nothing.
    pub fn new(language: &str, instead: &[String]) -> Self {
        let languages = Array::of1(&JsValue::from_str(language));
        let languages = if is_well_formed(&languages) {
            languages
        } else {
            Array::of1(&JsValue::from_str("en"))
        };
        Self(Rc::new(Inner {
            sentences: RefCell::new(vec![(ENGLISH, parse(ENGLISH))]),
            instead: instead.iter().map(|sentences| parse(sentences)).collect(),
            languages,
            is_english: language.starts_with("en"),
            plural: OnceCell::new(),
            number: OnceCell::new(),
            ago: ago::Ago::default(),
        }))
    }

    /// Adds sentences, as JSON; whether they are new.
    pub fn learn(&self, more: &'static str) -> bool {
        let mut known = self.0.sentences.borrow_mut();
        let new = known.iter().all(|(known, _)| *known != more);
        if new {
            known.push((more, parse(more)));
        }
        new
    }

    /// Whether there is a sentence of this name in the language that is spoken.
    fn has(&self, name: &str) -> bool {
        self.0.instead.iter().any(|sentences| sentences.get(name).is_some())
            || self.0.is_english
                && self.0.sentences.borrow().iter().any(|(_, known)| known.get(name).is_some())
    }

    fn find(&self, name: &str) -> Value {
        if let Some(said) = self.0.instead.iter().find_map(|sentences| sentences.get(name)) {
            return said.clone();
        }
        let known = self.0.sentences.borrow();
        known.iter().find_map(|(_, known)| known.get(name)).cloned().unwrap_or_default()
    }

    /// A sentence by its name.
    pub fn say(&self, name: &str) -> String {
        self.find(name).as_str().unwrap_or(name).to_owned()
    }

    /// What somebody is called, who may have given no name.
    pub fn called(&self, name: &str) -> String {
        if name.is_empty() { self.say("anonymous") } else { name.to_owned() }
    }

    /// A sentence with a name or a number in it, for `{what}`.
    pub fn fill(&self, name: &str, what: &str) -> String {
        letters::replace(&self.say(name), "{what}", what)
    }

    /// A sentence that depends on a number, for `{n}`, in its plural form (CLDR categories).
    pub fn count(&self, name: &str, n: usize) -> String {
        self.count_from(name, n, false)
    }

    /// The same, where there may be more than were counted: `60+`.
    pub fn count_from(&self, name: &str, n: usize, more: bool) -> String {
        let plural =
            self.0.plural.get_or_init(|| Intl::PluralRules::new(&self.0.languages, &Object::new()));
        #[expect(clippy::cast_precision_loss, reason = "no discussion has 2^53 comments")]
        let category = plural.select(n as f64);
        let category = category.as_string().unwrap_or_default();
        let forms = self.find(name);
        let form = forms.get(&category).or_else(|| forms.get("other"));
        // A sentence may be the same for all numbers.
        let sentence = form.unwrap_or(&forms).as_str().unwrap_or(name);
        let plus = if more { "+" } else { "" };
        let number = [&*self.number(&digits(n as u64)), plus].concat();
        letters::replace(sentence, "{n}", &number)
    }

    /// Decimal text as readers of this language write numbers.
    pub fn number(&self, decimal: &str) -> String {
        if self.0.is_english && decimal.len() <= 3 {
            return decimal.to_owned();
        }
        let number = JsValue::from_str(decimal);
        let format = self
            .0
            .number
            .get_or_init(|| Intl::NumberFormat::new(&self.0.languages, &Object::new()));
        let said = format.format().call1(&JsValue::UNDEFINED, &number).ok();
        said.and_then(|said| said.as_string()).unwrap_or_else(|| decimal.to_owned())
    }

    /// A trouble as a plain sentence.
    pub fn explain(&self, trouble: &Trouble) -> String {
        match trouble {
            Trouble::NoNetwork => self.say("no-network"),
            Trouble::Offline => self.say("offline"),
            Trouble::Slow => self.say("too-slow"),
            Trouble::Duplicate { reason } if reason.is_empty() => self.say("duplicate"),
            Trouble::Refused { reason } | Trouble::Duplicate { reason } => {
                self.fill("refused", reason)
            }
            Trouble::NotAllowed => self.say("not-allowed"),
            Trouble::Blocked => self.say("blocked"),
            Trouble::SignIn => self.say("sign-in-first"),
            Trouble::TooFast { wait: Some(wait) } => self.count("too-fast-for", *wait as usize),
            Trouble::TooFast { wait: None } => self.say("too-fast"),
            Trouble::Gone => self.say("gone"),
            Trouble::Closed => self.say("closed"),
            Trouble::Broken { .. } => self.say("broken"),
            Trouble::Unreadable => self.say("unreadable"),
            Trouble::Outdated => self.say("outdated"),
            Trouble::Misconfigured => self.say("misconfigured"),
        }
    }
}

/// Whether text is a record of sentences.
pub fn are_sentences(text: &str) -> bool {
    !parse(text).members().is_empty()
}

#[wasm_bindgen]
extern "C" {
    /// Of `src/start.js`; while one works on the program it is not there.
    #[wasm_bindgen(js_name = jawjawLetter, catch)]
    fn letter(word: &str) -> Result<String, JsValue>;
}

/// The first letter of a word as readers see letters.
pub fn grapheme(word: &str) -> String {
    letter(word).unwrap_or_else(|_| word.chars().take(1).collect())
}

fn parse(sentences: &str) -> Value {
    Value::parse(sentences).unwrap_or_default()
}

/// Whether the browser takes the tags: a malformed one makes the constructors of `Intl` throw.
fn is_well_formed(languages: &Array) -> bool {
    let get = |from: &JsValue, name: &str| Reflect::get(from, &JsValue::from_str(name)).ok();
    let intl = get(&js_sys::global(), "Intl").unwrap_or_default();
    let check =
        get(&intl, "getCanonicalLocales").and_then(|check| check.dyn_into::<Function>().ok());
    check.is_some_and(|check| check.call1(&intl, languages).is_ok())
}
