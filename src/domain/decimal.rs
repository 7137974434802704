//! Decimal text to whole numbers, and back. Floating point would cost kilobytes of code in what readers
//! download, and loses digits of identifiers and times.

/// Reads JSON number text (RFC 8259 §6) as a whole number of `10^-scale`, rounding towards zero.
///
/// `("4.25", 3)` is 4250; `("1795462027.8883157", 3)` is milliseconds. `None` when it is no number
/// or does not fit.
pub fn scaled(text: &str, scale: i32) -> Option<i64> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (sign, digits) = match mantissa.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, mantissa),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return None;
    }
    let point = i32::try_from(whole.len()).ok()?.checked_add(exponent)?.checked_add(scale)?;
    let mut digits = whole.bytes().chain(fraction.bytes());
    let mut value = 0_i64;
    for place in 0..point {
        let digit = digits.next().map_or(0, |digit| i64::from(digit - b'0'));
        if place > LONGEST && value == 0 {
            return Some(0);
        }
        value = value.checked_mul(10)?.checked_add(digit)?;
    }
    Some(sign * value)
}

/// No number that fits in 64 bits has more digits than this; leading zeros may not go on for ever.
const LONGEST: i32 = 400;

/// Reads JSON number text as a whole number, fractions dropped.
pub fn whole(text: &str) -> Option<i64> {
    scaled(text, 0)
}

/// Thousandths as text with two decimals: 4286 is `4.29`.
pub fn hundredths(thousandths: u32) -> String {
    let hundredths = (thousandths + 5) / 10;
    let mut text = String::new();
    for (place, worth) in [1_000, 100, 10, 1].into_iter().enumerate() {
        if place > 0 || hundredths >= worth {
            text.extend(char::from_digit(hundredths / worth % 10, 10));
        }
        if worth == 100 {
            text.push('.');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, scale: i32, value: Option<i64>) {
        assert_eq!(scaled(text, scale), value, "{text} at {scale}");
    }

    #[test]
    fn numbers_are_scaled() {
        check("4.25", 3, Some(4250));
        check("4.3333333333", 3, Some(4333));
        check("5", 3, Some(5000));
        check("-0.5", 1, Some(-5));
        check("1795462027.8883157", 3, Some(1_795_462_027_888));
        check("1.5e3", 0, Some(1500));
        check("12E-1", 1, Some(12));
        check("9223372036854775807", 0, Some(i64::MAX));
    }

    #[test]
    fn what_is_no_number_or_too_large_is_none() {
        check("", 0, None);
        check("abc", 0, None);
        check("1.2.3", 0, None);
        check("9223372036854775808", 0, None);
        check("1e999999999", 0, None);
        check("0e999999999", 0, Some(0));
        check("1e-999999999", 3, Some(0));
    }
}
