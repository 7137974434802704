// The loader's second half: it comes with the glue, once a reader is near.

// The text of an answer the loader asked for, within half a minute; empty if it cannot be had.
const text = (asked) =>
  new Promise((done) => {
    const late = setTimeout(done, 3e4, "");
    asked
      .then((answer) => answer.text().then((words) => (answer.ok ? words : "")))
      .catch(() => "")
      .then((words) => {
        clearTimeout(late);
        done(words);
      });
  });

// What the program asks of JavaScript, where that is shorter. An address without what is encoded in it, in one of the ways
// to write its letters (NFC); as it is where it cannot be decoded.
const jawjawPlain = (address, whole) => {
  try {
    return (whole ? decodeURIComponent : decodeURI)(address).normalize();
  } catch {
    return address;
  }
};

// The first letter of a word as readers see letters (UAX #29), or about that. The first segmenter takes a moment: most
// names need none.
const jawjawLetter = (word) => {
  if (/^[\0-\u02ff]+$/.test(word.slice(0, 2))) return word[0];
  try {
    return [...new Intl.Segmenter().segment(word.slice(0, 48))][0].segment;
  } catch {
    return word.match(/^(\p{RI}{2}|.[\p{M}\p{EMod}]*)/u)[0];
  }
};

// Keys. What is typed into a field of ours, or does something here, must not set off a shortcut of the page's. So it
// is stopped before the page's own listeners, and a copy that stays in the shadow tells ours. Only listeners that the
// page put on the window to capture before us come first: no script can take a key from those, but they can ask the
// tag whether somebody types in it, as they ask any element.
const types = ({ key, keyCode, isComposing, ctrlKey, altKey, metaKey }) =>
  // An input method's, in every engine's order.
  isComposing ||
  keyCode === 229 ||
  // The browser's pass, and so does Escape where it did nothing. With AltGr (Windows: Ctrl and Alt) one types.
  !((ctrlKey && !altKey) || metaKey ? /^[defghjlnoprstuw\d+=-]$/i : /^(Tab|Escape|F\d|Browser)/).test(key);

const follow = (root) => {
  const ears = new AbortController();
  Object.defineProperty(root.host, "isContentEditable", {
    __proto__: null,
    configurable: true,
    get: () => !!root.activeElement?.matches("input,textarea,select"),
  });
  // The last key that did something, until it is let go.
  let done = null;
  for (const type of ["keydown", "keypress", "keyup"])
    addEventListener(
      type,
      (event) => {
        const path = event.composedPath();
        if (!path.includes(root)) return;
        const { key } = event;
        const [at] = path;
        if (type === "keydown") {
          // No KeyboardEvent: Firefox makes those leave the shadow, whatever one asks for.
          const copy = new Event(type, { bubbles: true, cancelable: true });
          for (const name in event) if (!(name in copy)) copy[name] = event[name];
          done = at.dispatchEvent(copy) ? null : key;
          if (done) event.preventDefault();
        }
        const ours = at.matches("[type=radio]")
          ? /^( |Enter|Arrow.*)$/.test(key)
          : at.matches("a,button,summary,[type=checkbox]")
            ? /^( |Enter)$/.test(key)
            : at.matches("input,textarea,select") && types(event);
        if (ours || key === done) event.stopImmediatePropagation();
      },
      { capture: true, signal: ears.signal },
    );
  return ears;
};

const begin = (host, root, profile, read, folder) => {
  // Whole, as the page's address may be another when a part is fetched.
  const { href } = new URL(folder, document.baseURI);
  const mounted = mount(host, root, text(profile), (name) => text(read(name)), href);
  // A single-page site exchanges what is around a tag, under another address: then it reads anew, and before
  // anything that a reader begins could be taken for the page before.
  const look = (late) => mounted.fits(late) || host.refresh();
  let at = location.href;
  let later;
  const end = follow(root);
  const moved = () => {
    if (at === location.href || end.signal.aborted) return;
    at = location.href;
    // Until then the router will have written its canonical link, or never will.
    clearTimeout(later);
    later = setTimeout(look, 1e3, true);
    look(false);
  };
  const how = { capture: true, signal: end.signal };
  // Where a browser does not say that the address changed, the reader's next sign of life does. A form is heard
  // inside of the tag only.
  const signs =
    "popstate hashchange pageshow visibilitychange focusin pointerover pointerdown keydown click submit";
  for (const sign of signs.split(" "))
    for (const where of [window, root]) where.addEventListener(sign, moved, how);
  // Not while the page does so in answer to an event of ours.
  window.navigation?.addEventListener("currententrychange", () => queueMicrotask(moved), how);
  // Many routers write title and canonical link last. What a profile asks for by `var-…` is no property.
  const head = new MutationObserver((changes) => {
    const named = ({ attributeName }) => attributeName?.startsWith("var-");
    changes.some(named) ? host.refresh() : look(false);
  });
  head.observe(document.head, { subtree: true, childList: true, characterData: true, attributes: true });
  head.observe(host, { attributes: true });
  return {
    free() {
      end.abort();
      head.disconnect();
      clearTimeout(later);
      mounted.free();
    },
  };
};

// What was fetched in, `mount` out. The program is compiled while it comes, where the server says what it is.
export default async (fetched) => {
  const answer = await fetched;
  // Where a tag failed the next one asks again; the others have theirs in the program that runs.
  if (wasm) return begin;
  if (!answer.ok) throw answer.status ? Error(answer.status + " " + answer.url) : answer;
  const streams = answer.headers.get("content-type") === "application/wasm";
  if (!streams) console.warn("jaw-jaw: serve .wasm as application/wasm; it starts sooner");
  const program = await WebAssembly[streams ? "instantiateStreaming" : "instantiate"](
    streams ? answer : await answer.arrayBuffer(),
    __wbg_get_imports(),
  );
  __wbg_finalize_init(program.instance);
  return begin;
};
