//! Hands: mouse, finger and keys, as real input events of the browser.
//!
//! `element` is always a JavaScript expression for an element, such as `deep('jaw-jaw', 'button')`.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::page::Page;

impl Page {
    /// Clicks the middle of an element, once it is there, at rest, enabled and not covered.
    pub fn click(&self, element: &str) -> Result<()> {
        let (x, y) = self.point_at(element)?;
        self.mouse("mousePressed", x, y)?;
        self.mouse("mouseReleased", x, y)
    }

    /// Moves the mouse over an element.
    pub fn hover(&self, element: &str) -> Result<()> {
        self.point_at(element).map(drop)
    }

    /// Taps an element with a finger. Needs [`crate::Screen::PHONE`] or another screen with touch.
    pub fn tap(&self, element: &str) -> Result<()> {
        let (x, y) = self.aim(element)?;
        let touch = json!({ "type": "touchStart", "touchPoints": [{ "x": x, "y": y }] });
        self.call("Input.dispatchTouchEvent", touch)?;
        let lift = json!({ "type": "touchEnd", "touchPoints": [] });
        self.call("Input.dispatchTouchEvent", lift).map(drop)
    }

    /// Turns the wheel over the middle of the window by CSS pixels; positive goes down.
    pub fn wheel(&self, down: f64) -> Result<()> {
        let middle = self.eval("({ x: innerWidth / 2, y: innerHeight / 2 })")?;
        let params = json!({
            "type": "mouseWheel", "x": middle["x"], "y": middle["y"], "deltaX": 0, "deltaY": down,
        });
        self.call("Input.dispatchMouseEvent", params).map(drop)
    }

    /// Clicks an element to give it the focus, then writes at its caret.
    pub fn fill(&self, element: &str, text: &str) -> Result<()> {
        self.click(element)?;
        self.type_text(text)
    }

    /// Writes text where the focus is, as an input method would: `input` events, no keys.
    pub fn type_text(&self, text: &str) -> Result<()> {
        self.call("Input.insertText", json!({ "text": text })).map(drop)
    }

    /// Presses a key: `Tab`, `Enter`, `Escape`, `ArrowDown`, `a`, also `Shift+Tab`, `Control+Enter`.
    pub fn press(&self, keys: &str) -> Result<()> {
        let chord = Chord::read(keys)?;
        self.call("Input.dispatchKeyEvent", chord.event("keyDown"))?;
        self.call("Input.dispatchKeyEvent", chord.event("keyUp")).map(drop)
    }

    fn point_at(&self, element: &str) -> Result<(f64, f64)> {
        let (x, y) = self.aim(element)?;
        self.mouse("mouseMoved", x, y)?;
        Ok((x, y))
    }

    fn aim(&self, element: &str) -> Result<(f64, f64)> {
        let point = self.wait(&format!("await jawjawDriver.aim({element})"))?;
        point["x"].as_f64().zip(point["y"].as_f64()).with_context(|| format!("no point: {point}"))
    }

    fn mouse(&self, kind: &str, x: f64, y: f64) -> Result<()> {
        let pressed = kind != "mouseMoved";
        let params = json!({
            "type": kind, "x": x, "y": y,
            "button": if pressed { "left" } else { "none" },
            "buttons": i32::from(kind == "mousePressed"),
            "clickCount": i32::from(pressed),
        });
        self.call("Input.dispatchMouseEvent", params).map(drop)
    }
}

/// Keys of more than one letter: name, Windows virtual key code, the text the key writes.
const KEYS: &[(&str, u32, &str)] = &[
    ("Backspace", 8, ""),
    ("Tab", 9, ""),
    ("Enter", 13, "\r"),
    ("Escape", 27, ""),
    ("Space", 32, " "),
    ("PageUp", 33, ""),
    ("PageDown", 34, ""),
    ("End", 35, ""),
    ("Home", 36, ""),
    ("ArrowLeft", 37, ""),
    ("ArrowUp", 38, ""),
    ("ArrowRight", 39, ""),
    ("ArrowDown", 40, ""),
    ("Delete", 46, ""),
    ("F2", 113, ""),
];
const MODIFIERS: &[(&str, u8)] = &[("Alt", 1), ("Control", 2), ("Meta", 4), ("Shift", 8)];

#[derive(Debug, PartialEq, Eq)]
struct Chord {
    modifiers: u8,
    key: String,
    code: String,
    virtual_key: u32,
    text: String,
}

impl Chord {
    fn read(keys: &str) -> Result<Self> {
        let (held, key) = keys.rsplit_once('+').unwrap_or(("", keys));
        let mut modifiers = 0;
        for name in held.split('+').filter(|name| !name.is_empty()) {
            let known = MODIFIERS.iter().find(|(modifier, _)| *modifier == name);
            modifiers |= known.with_context(|| format!("no such modifier: {name}"))?.1;
        }
        // With Control, Alt or Meta held a key is a command and writes nothing.
        let writes = modifiers & !8 == 0;
        if let Some((name, virtual_key, text)) = KEYS.iter().find(|(name, ..)| *name == key) {
            let key = if *name == "Space" { " " } else { name }.to_owned();
            // Enter keeps its text: forms listen for Control+Enter by key, and it never writes.
            let text = if writes { (*text).to_owned() } else { String::new() };
            let (code, virtual_key) = ((*name).to_owned(), *virtual_key);
            return Ok(Self { modifiers, key, code, virtual_key, text });
        }
        let mut letters = key.chars();
        let (Some(letter), None) = (letters.next(), letters.next()) else {
            bail!("no such key: {key}");
        };
        let upper = letter.to_ascii_uppercase();
        let code = match upper {
            'A'..='Z' => format!("Key{upper}"),
            '0'..='9' => format!("Digit{upper}"),
            _ => String::new(),
        };
        let text = if writes { letter.to_string() } else { String::new() };
        let virtual_key = if code.is_empty() { 0 } else { u32::from(upper) };
        Ok(Self { modifiers, key: letter.to_string(), code, virtual_key, text })
    }

    fn event(&self, kind: &str) -> Value {
        let mut event = json!({
            "type": kind, "modifiers": self.modifiers, "key": self.key, "code": self.code,
            "windowsVirtualKeyCode": self.virtual_key,
        });
        // A browser's own shortcuts are commands here: the key alone does not select.
        if kind == "keyDown" && self.code == "KeyA" && self.modifiers & 6 != 0 {
            event["commands"] = json!(["selectAll"]);
        }
        if kind == "keyDown" {
            if self.text.is_empty() {
                event["type"] = json!("rawKeyDown");
            } else {
                event["text"] = json!(self.text);
            }
        }
        event
    }
}

#[cfg(test)]
mod tests {
    use super::Chord;

    #[track_caller]
    fn check(keys: &str, picture: &str) {
        let seen = match Chord::read(keys) {
            Ok(Chord { modifiers, key, code, virtual_key, text }) => {
                format!("{modifiers} {key:?} {code:?} {virtual_key} {text:?}")
            }
            Err(trouble) => trouble.to_string(),
        };
        assert_eq!(seen, picture);
    }

    #[test]
    fn named_keys() {
        check("Tab", r#"0 "Tab" "Tab" 9 """#);
        check("Shift+Tab", r#"8 "Tab" "Tab" 9 """#);
        check("Space", r#"0 " " "Space" 32 " ""#);
        check("Control+Enter", r#"2 "Enter" "Enter" 13 """#);
    }

    #[test]
    fn letters_write_unless_commanded() {
        check("a", r#"0 "a" "KeyA" 65 "a""#);
        check("Control+a", r#"2 "a" "KeyA" 65 """#);
        check("?", r#"0 "?" "" 0 "?""#);
    }

    #[test]
    fn unknown_keys_are_named() {
        check("Entr", "no such key: Entr");
        check("Ctrl+a", "no such modifier: Ctrl");
    }
}
