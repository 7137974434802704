// The tag <jaw-jaw>: the only JavaScript written by hand. It waits until the tag nears the viewport,
// fetches everything side by side, hands over to `mount`, and gives it all back when the tag goes.
(() => {
  const script = document.currentScript;
  // A page can hide currentScript behind <img name=currentScript>; a module has none. The place this
  // error is thrown from cannot be forged.
  const here =
    script instanceof HTMLScriptElement && script.src
      ? script.src
      : /https?:[^\s()]+jawjaw\.js/.exec(new Error().stack)?.[0];
  const base = new URL(".", here ?? document.baseURI);
  const file = (name) => new URL(name, base).href;

  // One copy of the code for all tags of a page; after a failure the next tag tries again.
  let code;
  const load = async () => {
    const wasm = fetch(file("jawjaw-widget.wasm"));
    // Whoever waits for the glue first must not make this an unhandled rejection.
    wasm.catch(() => {});
    const glue = await import(file("jawjaw-widget.js"));
    await glue.default({ module_or_path: wasm });
    return glue.mount;
  };

  // Profiles by address, so that tags which speak the same dialect ask once.
  const profiles = {};
  const read = (asked) => {
    // A name is one of ours; anything that looks like a file is the page's own.
    const address = /[/.]/.test(asked)
      ? new URL(asked, document.baseURI).href
      : file(`profiles/${asked || "native"}.json`);
    return (profiles[address] ??= fetch(address, { signal: AbortSignal.timeout(30000) })
      .then((answer) => (answer.ok ? answer.text() : Promise.reject()))
      .catch(() => (delete profiles[address], "")));
  };

  // A window of space is kept until the comments are there (ui/space.rs), so that the page does not jump.
  const space = new CSSStyleSheet();
  space.replaceSync(":host{display:block;min-height:100vh}:host([hidden]){display:none}");

  class JawJaw extends HTMLElement {
    static observedAttributes = ["endpoint", "profile", "article", "lang", "rating-endpoint"];
    #root = this.attachShadow({ mode: "open" });
    #watch;
    #gone;
    #mounted;
    #started = false;
    #turn = 0;

    connectedCallback() {
      // Moved, not removed: disconnectedCallback comes first and waits a moment.
      if (this.#mounted || this.#watch) return;
      this.#reset();
      const named = () => location.hash.startsWith("#comment-");
      if (named() || this.getAttribute("loading") === "eager") return this.#open();
      this.#gone = new AbortController();
      addEventListener("hashchange", () => named() && this.#open(), { signal: this.#gone.signal });
      this.#watch = new IntersectionObserver(
        (entries) => entries.some((entry) => entry.isIntersecting) && this.#open(),
        { rootMargin: "600px" },
      );
      this.#watch.observe(this);
    }

    disconnectedCallback() {
      queueMicrotask(() => this.isConnected || this.#close());
    }

    attributeChangedCallback(name, before, after) {
      if (before === after || !this.#started) return;
      this.#close();
      this.connectedCallback();
    }

    // The page's own words show until ours are ready.
    #reset() {
      this.#root.adoptedStyleSheets = [space];
      this.#root.replaceChildren(document.createElement("slot"));
    }

    #close() {
      this.#turn++;
      this.#started = false;
      this.#watch?.disconnect();
      this.#watch = null;
      this.#gone?.abort();
      const mounted = this.#mounted;
      this.#mounted = null;
      mounted?.free();
    }

    async #open() {
      this.#close();
      this.#started = true;
      const turn = this.#turn;
      try {
        const text = read(this.getAttribute("profile"));
        const mount = await (code ??= load());
        const words = await text;
        if (turn === this.#turn) this.#mounted = mount(this, this.#root, words, read, base.href);
      } catch (error) {
        code = null;
        this.#root.adoptedStyleSheets = [];
        console.error(
          `jaw-jaw: the widget could not start from ${base}. Are all files of dist/ there, is .wasm ` +
            "served as application/wasm, does the policy allow 'wasm-unsafe-eval'?",
          error,
        );
      }
    }
  }

  if (!customElements.get("jaw-jaw")) customElements.define("jaw-jaw", JawJaw);
  if (script instanceof HTMLScriptElement && (script.dataset.endpoint || script.dataset.profile)) {
    const tag = document.createElement("jaw-jaw");
    for (const { name, value } of script.attributes)
      if (name.startsWith("data-")) tag.setAttribute(name.slice(5), value);
    script.after(tag);
  }
})();
