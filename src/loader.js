// The tag <jaw-jaw>: the only JavaScript written by hand. It waits until the tag nears the viewport,
// fetches everything side by side, hands over to `mount`, and gives it all back when the tag goes.
{
  const script = document.currentScript;
  // The folder this lies in. A page can hide currentScript behind <img name=currentScript>, and a module has
  // none; the place an error is made at cannot be forged.
  const [base] = (Error().stack + " " + script?.src).match(/http[^\s()?]+\//);

  // One copy of the code for all tags of a page; after a failure the next tag tries again. The build puts
  // the sums in: what is not what was built does not run (W3C SRI).
  let code;
  const load = async (root) => {
    const link = document.createElement("link");
    link.rel = "modulepreload";
    link.href = base + "jawjaw-widget.js";
    link.integrity = "jawjaw-widget.js";
    root.append(link);
    const [glue, wasm] = await Promise.all([
      import(link.href),
      fetch(base + "jawjaw-widget.wasm", { integrity: "jawjaw-widget.wasm" }),
    ]);
    await glue.default({ module_or_path: wasm });
    return glue;
  };

  // A name is one of our profiles; anything that looks like a file is the page's own.
  const read = (asked) =>
    fetch(asked?.match("[/.]") ? asked : `${base}profiles/${asked || "native"}.json`, {
      signal: AbortSignal.timeout(3e4),
    })
      .then((answer) => (answer.ok ? answer.text() : ""))
      .catch(() => "");

  // A window of space is kept until the comments are there (ui/space.rs), so that the page does not jump.
  const space = new CSSStyleSheet();
  space.replaceSync(":host(:not([hidden])){display:block;min-height:100vh}");

  class JawJaw extends HTMLElement {
    static observedAttributes = "endpoint profile article lang rating-endpoint".split(" ");
    #root = this.attachShadow({ mode: "open" });
    #watch = new IntersectionObserver(
      (entries) => entries.at(-1).isIntersecting && this.#open(),
      { rootMargin: "600px" },
    );
    #mounted;
    // What was begun last; an earlier beginning that ends later is void.
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

    // An address that names a comment opens the discussion.
    handleEvent() {
      if (location.hash.startsWith("#comment-") || this.getAttribute("loading") === "eager") this.#open();
    }

    disconnectedCallback() {
      queueMicrotask(() => this.isConnected || this.#close());
    }

    attributeChangedCallback(name, before, after) {
      if (before !== after) this.refresh();
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

    async #open() {
      this.#close();
      const turn = (this.#turn = {});
      try {
        const [words, glue] = await Promise.all([read(this.getAttribute("profile") ?? this.profile), (code ??= load(this.#root))]);
        if (turn === this.#turn)
          this.#mounted = glue.mount(this, this.#root, words, read, base);
      } catch (error) {
        code = null;
        this.#root.adoptedStyleSheets = [];
        console.error(
          `jaw-jaw could not start: all of ${base} of one build? .wasm as application/wasm? ` +
            "'wasm-unsafe-eval' allowed?",
          error,
        );
      }
    }
  }

  customElements.get("jaw-jaw") ?? customElements.define("jaw-jaw", JawJaw);
  const data = script?.dataset;
  if (data?.endpoint || data?.profile) {
    const tag = document.createElement("jaw-jaw");
    for (const { name, value } of script.attributes)
      if (name.startsWith("data-")) tag.setAttribute(name.slice(5), value);
    script.after(tag);
  }
}
