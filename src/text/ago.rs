//! "3 hours ago" and the exact moment: in our own words where there are some, else through `Intl`.

use std::cell::OnceCell;

use js_sys::{Date, Function, Intl, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use crate::domain::time::{Time, ago};
use crate::text::Text;

/// What says times in one language, once it was needed: to make the first of these takes a browser longer
/// than to paint ten comments.
#[derive(Default)]
pub(super) struct Ago {
    relative: OnceCell<Intl::RelativeTimeFormat>,
    exact: OnceCell<Function>,
}

impl Text {
    /// How long ago, in the unit a reader would use. What is ahead of this device's clock is now, as far as
    /// a clock may be wrong; beyond that it is a date.
    pub fn ago(&self, then: Time, now: Time) -> String {
        /// Two days, in milliseconds.
        const WRONG_CLOCK: i64 = 2 * 86_400_000;
        if then.0 > now.0 + WRONG_CLOCK {
            return self.exact(then);
        }
        let (amount, unit) = ago(then.min(now), now);
        let amount = if unit == "second" { 0 } else { amount };
        let sentence = ["ago-", unit].concat();
        if self.has(&sentence) {
            return self.count(&sentence, amount.unsigned_abs().try_into().unwrap_or(usize::MAX));
        }
        let relative = self.0.ago.relative.get_or_init(|| {
            let options = options(&[("numeric", "auto")]);
            Intl::RelativeTimeFormat::new(&self.0.languages, &options)
        });
        #[expect(clippy::cast_precision_loss, reason = "a count of hours or days is small")]
        relative.format(amount as f64, unit).into()
    }

    /// The whole date and time.
    pub fn exact(&self, then: Time) -> String {
        let exact = self.0.ago.exact.get_or_init(|| {
            let options = options(&[("dateStyle", "long"), ("timeStyle", "short")]);
            Intl::DateTimeFormat::new(&self.0.languages, &options).format()
        });
        let date: JsValue = date(then).into();
        let said = exact.call1(&JsValue::UNDEFINED, &date).ok();
        said.and_then(|said| said.as_string()).unwrap_or_default()
    }
}

fn options(pairs: &[(&str, &str)]) -> Object {
    let options = Object::new();
    for (name, value) in pairs {
        // Setting a member of a fresh object cannot fail.
        let _ = Reflect::set(&options, &JsValue::from_str(name), &JsValue::from_str(value));
    }
    options
}

/// RFC 3339, for machines.
pub fn machine(then: Time) -> String {
    date(then).to_iso_string().into()
}

fn date(then: Time) -> Date {
    #[expect(clippy::cast_precision_loss, reason = "Time is between 1971 and 2200")]
    let milliseconds = then.0 as f64;
    Date::new(&JsValue::from_f64(milliseconds)).unchecked_into()
}
