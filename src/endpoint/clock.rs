//! Waiting.

use js_sys::Promise;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::JsFuture;

/// Something that happens later, unless it is dropped before.
pub(super) struct Timer(
    i32,
    #[expect(dead_code, reason = "held to be dropped")] Closure<dyn FnMut()>,
);

impl Timer {
    /// After so many milliseconds.
    pub(super) fn new(milliseconds: i32, act: Box<dyn FnMut()>) -> Self {
        let act = Closure::wrap(act);
        let set = |window: web_sys::Window| {
            window.set_timeout_with_callback_and_timeout_and_arguments_0(
                act.as_ref().unchecked_ref(),
                milliseconds,
            )
        };
        let number = web_sys::window().and_then(|window| set(window).ok());
        Self(number.unwrap_or(0), act)
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        if let Some(window) = web_sys::window() {
            window.clear_timeout_with_handle(self.0);
        }
    }
}

/// Waits so many milliseconds.
pub(super) async fn pause(milliseconds: i32) {
    let promise = Promise::new(&mut |done, _| {
        if let Some(window) = web_sys::window() {
            let _ =
                window.set_timeout_with_callback_and_timeout_and_arguments_0(&done, milliseconds);
        }
    });
    let _ = JsFuture::from(promise).await;
}
