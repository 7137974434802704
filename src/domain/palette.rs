//! Colours that can be read wherever the widget stands, made of those of the page.
//!
//! Contrast is that of WCAG 2.2 (<https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio>): words need 4.5:1
//! (1.4.3), edges of fields and stars 3:1 (1.4.11).

/// A colour of sRGB: red, green and blue, each from 0 to 1.
pub type Rgb = [f32; 3];

/// What is asked for, with a little on top: screens round to 256 steps.
const WORDS: f32 = 4.6;
const EDGES: f32 = 3.1;
/// How much of a colour is in ground that is tinted with it, at most (`style/widget.css`: buttons).
const WASH: f32 = 0.18;
/// The same of the ink, in fields that are tinted themselves.
const FIELD: f32 = 0.23;
/// How much of the ink, and of the accent, is in the ground of fields and of a comment that was looked for.
const TINT: f32 = 0.05;
const NAMED: f32 = 0.1;

/// The names of [`Palette::shares`] in `style/tokens.css`, in their order.
pub const SHARES: [&str; 6] = ["accent", "star", "wrong", "quiet", "edge", "pole"];

/// What `style/tokens.css` mixes its colours of.
#[derive(Debug, PartialEq)]
pub struct Palette {
    /// Black or white: the ink is the text of the page, or as much nearer to it as is needed to read it.
    pub white: bool,
    /// Whether ground may be tinted: in the middle between black and white nothing may be lost.
    pub washed: bool,
    /// How much of the ink is in a colour, and of the pole in the ink, in per cent, by [`SHARES`].
    pub shares: [u8; 6],
}

impl Palette {
    /// The palette nearest to the page's own that can be read: of `text` and of what it stands on, and of the
    /// colours for buttons and links, for stars, and for what went wrong.
    pub fn of(text: Rgb, paper: Rgb, own: &[Rgb; 3]) -> Self {
        let mut white = luminance(text) > luminance(paper);
        let mut wash = WASH;
        let mut towards = None;
        for with in [FIELD, FIELD, 0.0] {
            wash = with.min(WASH);
            towards = least(pole(white), Some(&text), 0, WORDS, &[paper], with);
            if towards.is_some() {
                break;
            }
            white = contrast(pole(true), paper) > contrast(pole(false), paper);
        }
        let towards = towards.unwrap_or(100);
        let ink = mix(pole(white), text, part(towards));
        let tint = |colour, share: f32| mix(colour, paper, share.min(wash));
        let mut grounds = [paper, tint(ink, TINT), paper];
        let mut shares = [towards; 6];
        let wanted = [(0, WORDS), (0, EDGES), (0, WORDS), (72, WORDS), (48, EDGES)];
        for (place, (first, needed)) in wanted.into_iter().enumerate() {
            // Ground is tinted with what words are made of.
            let wash = if needed == WORDS { wash } else { 0.0 };
            let share = least(ink, own.get(place), first, needed, &grounds, wash).unwrap_or(100);
            shares[place] = share;
            if place == 0 {
                grounds[2] = tint(mix(ink, own[0], part(share)), NAMED);
            }
        }
        Self { white, washed: wash > 0.0, shares }
    }

    /// The colour of words.
    #[cfg(test)]
    fn ink(&self, text: Rgb) -> Rgb {
        mix(pole(self.white), text, part(self.shares[5]))
    }
}

fn pole(white: bool) -> Rgb {
    [f32::from(u8::from(white)); 3]
}

/// The least share of `ink`, in per cent from `first` on, with which a colour can be read on all grounds, also
/// where they are tinted with it by as much as `wash`. Mixed with `from`, or laid upon the ground.
fn least(
    ink: Rgb,
    from: Option<&Rgb>,
    first: u8,
    needed: f32,
    grounds: &[Rgb],
    wash: f32,
) -> Option<u8> {
    (first..=100).find(|share| {
        grounds.iter().all(|ground| {
            let colour = mix(ink, *from.unwrap_or(ground), part(*share));
            // Between colours, half of a tint may be worse than all of it.
            [0.0, 0.4, 1.0]
                .iter()
                .all(|half| contrast(colour, mix(colour, *ground, wash * half)) >= needed)
        })
    })
}

fn part(share: u8) -> f32 {
    f32::from(share) / 100.0
}

/// `over` with a transparency on `under`; 1 is opaque.
pub fn mix(over: Rgb, under: Rgb, share: f32) -> Rgb {
    [0, 1, 2].map(|part: usize| over[part] * share + under[part] * (1.0 - share))
}

/// How far two colours are from each other, 1 to 21.
fn contrast(one: Rgb, other: Rgb) -> f32 {
    let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
    one.max(other) / one.min(other)
}

fn luminance([red, green, blue]: Rgb) -> f32 {
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

/// `((part + 0.055) / 1.055)^2.4`. The power is made of roots, which every machine has: 2 + 1/4 + 1/8 + 1/64 +
/// 1/128 is 2.398; a library's would weigh a kilobyte.
fn linear(part: f32) -> f32 {
    if part <= 0.04045 {
        return part / 12.92;
    }
    let base = (part + 0.055) / 1.055;
    let fourth = base.sqrt().sqrt();
    let eighth = fourth.sqrt();
    let last = eighth.sqrt().sqrt().sqrt();
    base * base * fourth * eighth * last * last.sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By the definition, in double precision.
    fn exact(colour: Rgb) -> f64 {
        let [red, green, blue] = colour.map(|part| {
            let part = f64::from(part);
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    fn ratio(one: Rgb, other: Rgb) -> f64 {
        // As a screen shows them.
        let [one, other] =
            [one, other].map(|it| exact(it.map(|part| (part * 255.0).round() / 255.0)));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// What a reader finds on such a page: the least contrast of words, and of edges.
    fn worst(text: Rgb, paper: Rgb, own: &[Rgb; 3]) -> (f64, f64) {
        let made = Palette::of(text, paper, own);
        let ink = made.ink(text);
        let on = |colour: Rgb, ground: Rgb, part: f32| {
            if made.washed { mix(colour, ground, part) } else { ground }
        };
        let [accent, star, wrong, quiet, edge, _] = made.shares.map(part);
        let (accent, wrong) = (mix(ink, own[0], accent), mix(ink, own[2], wrong));
        let tint = on(ink, paper, TINT);
        let named = on(accent, paper, NAMED);
        let (mut words, mut edges) = (Vec::new(), vec![ratio(mix(ink, own[1], star), paper)]);
        for ground in [paper, tint, named] {
            for colour in [ink, mix(ink, ground, quiet)] {
                words.push(ratio(colour, ground));
            }
            edges.push(ratio(mix(ink, ground, edge), ground));
        }
        for ground in [paper, tint] {
            words.push(ratio(wrong, ground));
            for wash in [0.0, WASH / 2.0, WASH] {
                words.push(ratio(accent, on(accent, ground, wash)));
            }
        }
        let least = |ratios: Vec<f64>| ratios.into_iter().fold(f64::MAX, f64::min);
        (least(words), least(edges))
    }

    fn grey(part: f32) -> Rgb {
        [part; 3]
    }

    fn palette(text: f32, paper: f32) -> Palette {
        let accent = mix(grey(text), [0.184, 0.482, 0.965], 0.42);
        let own = [accent, [0.91, 0.635, 0.047], [0.85, 0.176, 0.125]];
        Palette::of(grey(text), grey(paper), &own)
    }

    #[test]
    fn every_palette_can_be_read() {
        // Colours by a multiplicative sequence, a third of the pages with a text hardly to be seen.
        let mut seed = 1_u32;
        let mut part = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f32::from(u8::try_from(seed >> 24).unwrap_or(0)) / 255.0
        };
        let mut colour = || [part(), part(), part()];
        let mut reached = (f64::MAX, f64::MAX);
        for turn in 0..20_000 {
            let (text, paper, own) = (colour(), colour(), [colour(), colour(), colour()]);
            let text = if turn % 3 == 0 { mix(text, paper, 0.2) } else { text };
            let (words, edges) = worst(text, paper, &own);
            assert!(
                words >= 4.5 && edges >= 3.0,
                "words {words:.2}, edges {edges:.2} with {text:?} on {paper:?}, {own:?}: {:?}",
                Palette::of(text, paper, &own)
            );
            reached = (reached.0.min(words), reached.1.min(edges));
        }
        println!("20,000 pages: words at least {:.2}:1, edges {:.2}:1", reached.0, reached.1);
    }

    #[test]
    fn a_readable_page_keeps_its_own() {
        for (text, paper) in [(0.1, 1.0), (0.0, 1.0), (0.9, 0.1), (1.0, 0.0)] {
            let made = palette(text, paper);
            assert_eq!(
                (made.ink(grey(text)), made.washed, made.shares[3]),
                (grey(text), true, 72),
                "{paper}"
            );
        }
    }

    #[test]
    fn a_weak_text_is_made_stronger_on_its_own_side() {
        let made = palette(0.6, 1.0);
        let ink = made.ink(grey(0.6))[0];
        assert!(ink < 0.45 && ink > 0.3, "{made:?}");
        let made = palette(0.4, 0.05);
        let ink = made.ink(grey(0.4))[0];
        assert!(ink > 0.5 && ink < 0.7, "{made:?}");
        // Between black and white: white on it would not do, and no ground is tinted.
        let made = palette(0.55, 0.5);
        let ink = made.ink(grey(0.55))[0];
        assert!(ink < 0.1 && !made.washed, "{made:?}");
    }
}
