//! One tab at a time (Web Locks).

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};

pub(super) type Work = Pin<Box<dyn Future<Output = ()>>>;

/// Does work while no other tab does work of that name (Web Locks); at once where the browser has no
/// locks to give.
pub(super) async fn alone(name: &str, work: Work) {
    let work = Rc::new(RefCell::new(Some(work)));
    let taken = work.clone();
    let get = |from: &JsValue, name: &str| Reflect::get(from, &JsValue::from_str(name)).ok();
    let locks = get(&js_sys::global(), "navigator").and_then(|navigator| get(&navigator, "locks"));
    if let Some(locks) = locks.filter(JsValue::is_object)
        && let Some(request) = get(&locks, "request").and_then(|f| f.dyn_into::<Function>().ok())
    {
        let act: Box<dyn FnOnce() -> JsValue> = Box::new(move || {
            let work = taken.take();
            future_to_promise(async move {
                if let Some(work) = work {
                    work.await;
                }
                Ok(JsValue::UNDEFINED)
            })
            .into()
        });
        let act = Closure::once_into_js(act);
        if let Ok(promise) = request.call2(&locks, &JsValue::from_str(name), &act) {
            // Sandboxed frames have locks and may not use them: then the work is still here.
            let _ = JsFuture::from(Promise::from(promise)).await;
        }
    }
    let left = work.take();
    if let Some(work) = left {
        work.await;
    }
}
