//! "3 hours ago" and the exact moment, through `Intl`.

use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use crate::domain::time::{Time, ago};

/// Says times in one language.
pub struct Ago {
    relative: Intl::RelativeTimeFormat,
    exact: Function,
}

impl Ago {
    pub(super) fn new(languages: &Array) -> Self {
        let options = |pairs: &[(&str, &str)]| {
            let options = Object::new();
            for (name, value) in pairs {
                // Setting a member of a fresh object cannot fail.
                let _ = Reflect::set(&options, &JsValue::from_str(name), &JsValue::from_str(value));
            }
            options
        };
        let exact = [("dateStyle", "long"), ("timeStyle", "short")];
        Self {
            relative: Intl::RelativeTimeFormat::new(languages, &options(&[("numeric", "auto")])),
            exact: Intl::DateTimeFormat::new(languages, &options(&exact)).format(),
        }
    }

    /// How long ago, in the unit a reader would use. What is ahead of this device's clock is now, as far as
    /// a clock may be wrong; beyond that it is a date.
    pub fn relative(&self, then: Time, now: Time) -> String {
        /// Two days, in milliseconds.
        const WRONG_CLOCK: i64 = 2 * 86_400_000;
        if then.0 > now.0 + WRONG_CLOCK {
            return self.exact(then);
        }
        let (amount, unit) = ago(then.min(now), now);
        let amount = if unit == "second" { 0 } else { amount };
        #[expect(clippy::cast_precision_loss, reason = "a count of hours or days is small")]
        self.relative.format(amount as f64, unit).into()
    }

    /// The whole date and time.
    pub fn exact(&self, then: Time) -> String {
        let date: JsValue = date(then).into();
        let said = self.exact.call1(&JsValue::UNDEFINED, &date).ok();
        said.and_then(|said| said.as_string()).unwrap_or_default()
    }
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
