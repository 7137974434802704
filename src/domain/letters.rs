//! What a text may hold beside its letters.

use crate::domain::author::is_bidi_control;

/// Combining marks kept on one letter. Vietnamese needs 2, pointed Hebrew 4; 50,000 block Chromium
/// for half a minute.
const MARKS: usize = 8;

/// Text that cannot reorder or smother what stands around it.
pub(super) fn tidy(text: &str) -> String {
    let mut marks = 0;
    let keep = |c: &char| {
        marks = if is_combining(*c) { marks + 1 } else { 0 };
        marks <= MARKS && (!c.is_control() || matches!(c, '\n' | '\t')) && !is_bidi_control(*c)
    };
    text.chars().filter(keep).collect()
}

fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5BD}'
        | '\u{64B}'..='\u{65F}' | '\u{6D6}'..='\u{6ED}' | '\u{E31}'..='\u{E4E}'
        | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}'
        | '\u{FE00}'..='\u{FE2F}')
}
