// The tag <jaw-jaw>. It waits until the tag nears the viewport, fetches everything side by side, hands over to
// `mount`, and gives it all back when the tag goes. What is not needed before a reader is near is in start.js.
{
  const script = document.currentScript;
  // The page's policy may ask for it of all that is made (CSP nonces). All scripts have the
  // same, or an empty one; a module does not know which one it is.
  const nonce = [...document.scripts].find((one) => one.nonce)?.nonce;
  // The folder this lies in, unless the page says so: a script may be moved, or be one with others. A page can hide
  // currentScript behind <img name=currentScript>, and a module has none; the place an error is made at cannot be
  // forged.
  const here =
    script?.dataset?.base ||
    `${Error().stack} ${script?.src}`.match(/http[^\s()?]+\/|$/)[0];

  // An error comes in the answer's place.
  const ask = (...given) => fetch(...given).catch((error) => error);

  // One copy of the code for all tags of a page; after a failure the next tag tries again. The build puts
  // the sums in: what is not what was built does not run (W3C SRI).
  let code;
  const load = (base) => {
    const link = document.createElement("link");
    link.rel = "modulepreload";
    link.nonce = nonce;
    // Another build has other addresses: some servers have browsers keep files for a year.
    link.href = base + "jawjaw-widget.js?" + (link.integrity = "jawjaw-widget.js");
    const wasm = ask(link.href.replace("js?", "wasm?"), { integrity: "jawjaw-widget.wasm" });
    // `import` checks nothing, but takes what such a link has fetched and checked. WebKit does not give it on: there
    // the file is checked by itself beforehand. In <html>, where no router takes it away before it has come.
    const checked =
      navigator.vendor[0] != "A"
        ? new Promise((done, fail) => {
            link.onload = done;
            link.onerror = fail;
            document.documentElement.append(link);
          })
        : fetch(link.href, { integrity: link.integrity });
    return checked.then(() => import(link.href)).then((glue) => glue.default(wasm));
  };

  // A window of space is kept until the comments are there (ui/space.rs), so that the page does not jump. Not 100vh,
  // and next to none in a frame: many are made as high as what is in them, which then would grow for ever, or end
  // before a tag that has no height.
  const space = new CSSStyleSheet();
  space.replaceSync(
    `:host(:not([hidden])){display:block;min-height:${self == top ? innerHeight : 1}px}`,
  );

  // Attributes that are properties too, and are followed.
  const names =
    "loading base endpoint profile article lang sort sentences images avatars depth rating-endpoint rating-profile".split(
      " ",
    );

  customElements.get("jaw-jaw") ??
    customElements.define(
      "jaw-jaw",
      class extends HTMLElement {
        static observedAttributes = names;
        #root = this.attachShadow({ mode: "open" });
        #watch = new IntersectionObserver(
          (entries) => entries.pop().isIntersecting && this.#open(),
          { rootMargin: "600px" },
        );
        #mounted;
        #properties = names.map((name) => {
          // Set before the tag was known.
          const before = this[name];
          Object.defineProperty(this, name, {
            // A page may have given all objects a `value`.
            __proto__: null,
            get: () => this.getAttribute(name) ?? "",
            set: (value) => this.toggleAttribute(name, value != null) && this.setAttribute(name, value),
          });
          before && this.setAttribute(name, before);
        });
        // The profile that was asked for last; an earlier beginning that ends later is void.
        #turn;

        connectedCallback() {
          // Moved, not removed: disconnectedCallback comes first and waits a moment.
          if (this.#turn) return;
          // The page's own words show until ours are ready.
          this.#root.adoptedStyleSheets = [space];
          this.#root.replaceChildren(document.createElement("slot"));
          this.#watch.observe(this);
          addEventListener("hashchange", this);
          this.handleEvent();
        }

        // An address that names a comment opens the discussion, as loading="eager" does. What the page itself has
        // not may be one: services and former clients name them in ways of their own.
        handleEvent() {
          const { hash } = location;
          if (
            (this.loading + hash).match("^eager|#comment-") ||
            (hash.match("^#\\w.") &&
              !(document.getElementById(hash.slice(1)) ?? document.querySelector(":target")))
          )
            this.#open();
        }

        disconnectedCallback() {
          queueMicrotask(() => this.isConnected || this.#close());
        }

        attributeChangedCallback(name, before, after) {
          if (before != after) this.refresh();
        }

        // Reads everything anew; what is typed is a draft.
        refresh() {
          if (!this.#turn) return;
          this.#close();
          this.connectedCallback();
        }

        #close() {
          this.#turn = null;
          this.#watch.disconnect();
          removeEventListener("hashchange", this);
          this.#mounted = this.#mounted?.free();
        }

        #open() {
          this.#close();
          const base = (this.base || here).replace(/\/?$/, "/");
          // A name is one of our profiles; anything that looks like a file is the page's own.
          const read = (asked) =>
            ask(asked.match("[/.]") ? asked : `${base}profiles/${asked || "native"}.json`);
          const words = (this.#turn = read(this.profile));
          (code ??= load(base))
            .then((mount) => {
              if (words == this.#turn) this.#mounted = mount(this, this.#root, words, read, base);
            })
            .catch((error) => {
              code = null;
              this.#root.adoptedStyleSheets = [];
              // The attributes that name another folder.
              console.error(
                `jaw-jaw could not start: is ${base} of one build (base, data-base)?`,
                error,
              );
            });
        }
      },
    );

  // A script that says what to show stands for a tag, once, however often it is run: a page may be kept with both.
  // A module does not know that it is this one.
  for (const embed of document.querySelectorAll("script[data-endpoint],script[data-profile]")) {
    // Where it stands, if that is in the page; else where it says, or at the end of what is to be read.
    const { into } = embed.dataset;
    const stands = !into && embed.closest("body");
    const put = () => {
      const place = document.querySelector(into || "main,article") ?? document.body;
      const there = stands ? embed.nextElementSibling : place.querySelector("jaw-jaw");
      if (there?.matches("jaw-jaw")) return;
      const tag = document.createElement("jaw-jaw");
      for (const { name, value } of embed.attributes)
        if (name.match("^data-")) tag.setAttribute(name.slice(5), value);
      stands ? embed.after(tag) : place.append(tag);
    };
    if (embed == script || embed.src?.match("jawjaw"))
      if (stands || document.readyState != "loading") put();
      else addEventListener("DOMContentLoaded", put);
  }
}
