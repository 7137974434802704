// <jaw-jaw-count> and <jaw-jaw-rating>: how many comments, and how many stars, the articles of a list have. Without
// WebAssembly; one request for all of a page (100 at a time). What to ask is in `counts` of the profile.
{
  const folder = new URL(".", import.meta.url).href;
  const tags = "jaw-jaw-count jaw-jaw-rating".split(" ");
  const profiles = {};
  const profileOf = (asked) =>
    (profiles[asked] ??= fetch(asked.match("[/.]") ? asked : `${folder}profiles/${asked}.json`).then((answer) =>
      answer.json(),
    ));

  // Tags to be asked for, by what they are asked of.
  const waiting = new Map();

  const ask = async ([endpoint, profile, more], asking) => {
    const { counts, variables } = await profileOf(profile);
    if (!counts) throw Error(`the profile "${profile}" does not say how to count`);
    for (let first = 0; first < asking.length; first += 100) {
      const some = asking.slice(first, first + 100);
      const articles = [...new Set(some.map((tag) => tag.article))];
      const known = { host: location.host, ...more, endpoint, article: articles };
      known.urls = articles.map((article) => new URL(article, location).href);
      for (const name in variables) known[name] ??= variables[name].default;
      // RFC 6570: of its forms those that are needed here.
      const href = counts.href.replace(/\{([+?&]?)(\w+)\*?\}/g, (_, sign, name) => {
        const all = [known[name]].flat().map(sign === "+" ? String : encodeURIComponent);
        return sign && sign !== "+" ? sign + all.map((one) => `${name}=${one}`).join("&") : all.join();
      });
      const fill = (_, value) => known[/^\{(\w+)\}$/.exec(value)?.[1]] ?? value;
      const answer = await fetch(href, {
        method: counts.method,
        headers: counts.body && { "content-type": "application/json" },
        body: counts.body && JSON.stringify(counts.body, fill),
        signal: AbortSignal.timeout(3e4),
      });
      if (!answer.ok) throw Error(`${href} answered ${answer.status}`);
      const told = await answer.json();
      for (const tag of some) {
        const at = { "{article}": tag.article, "{index}": articles.indexOf(tag.article) };
        // RFC 6901, with places for the article.
        const find = (pointer) =>
          pointer?.split("/").slice(1).reduce((from, name) => from?.[at[name] ?? name], told);
        tag.show((name) => find(counts[name]));
      }
    }
  };

  // A tag that says nothing of its own asks where the first does that says something.
  const speaks = ":is(jaw-jaw-count,jaw-jaw-rating,jaw-jaw):is([endpoint],[profile])";
  const sourceOf = (tag) => (tag.matches(speaks) ? tag : document.querySelector(speaks)) ?? tag;

  class Tag extends HTMLElement {
    static observedAttributes = ["article"];

    connectedCallback() {
      const [source, more] = [sourceOf(this), {}];
      for (const { name, value } of source.attributes) if (name.startsWith("var-")) more[name.slice(4)] = value;
      const link = new URL(this.closest("a[href]")?.href ?? location);
      this.article = this.getAttribute("article") ?? link.pathname;
      const endpoint = new URL(source.getAttribute("endpoint") ?? "", document.baseURI).href.replace(/\/+$/, "");
      const of = [endpoint, source.getAttribute("profile") || "native", more];
      const key = JSON.stringify(of);
      if (!waiting.has(key)) {
        waiting.set(key, []);
        // When all that are there by now have said what they need.
        queueMicrotask(() => {
          const asking = waiting.get(key);
          waiting.delete(key);
          ask(of, asking).catch((error) => console.error(`${this.localName} of ${endpoint}:`, error));
        });
      }
      waiting.get(key).push(this);
    }

    attributeChangedCallback(name, before, after) {
      if (before !== after && this.isConnected && this.article) this.connectedCallback();
    }

    get language() {
      return this.closest("[lang]")?.lang || undefined;
    }
  }

  class Count extends Tag {
    show(find) {
      const count = find("commentCount");
      if (count == null) return;
      // `one="# comment" other="# comments"`: by the language's own categories (CLDR).
      const words = (count === 0 && this.getAttribute("none")) ||
        this.getAttribute(new Intl.PluralRules(this.language).select(count)) || this.getAttribute("other") || "#";
      this.textContent = words.replace("#", new Intl.NumberFormat(this.language).format(count));
    }
  }

  const looks = new CSSStyleSheet();
  looks.replaceSync(
    ":host(:not([hidden])){display:inline-block}span{background:linear-gradient(90deg,var(--jawjaw-star,#e8a20c)" +
      " var(--share),color-mix(in srgb,currentColor 22%,transparent) 0);background-clip:text;color:transparent}" +
      ":host(:dir(rtl)) span{background-image:linear-gradient(-90deg,var(--jawjaw-star,#e8a20c) var(--share)," +
      "color-mix(in srgb,currentColor 22%,transparent) 0)}@media(forced-colors:active){span{display:none}}",
  );

  class Rating extends Tag {
    show(find) {
      const [value, count] = [find("ratingValue"), find("ratingCount")];
      // Without any it stays as the page wrote it.
      if (!count || value == null) return;
      const number = (one, most) => new Intl.NumberFormat(this.language, { maximumFractionDigits: most }).format(one);
      const stars = document.createElement("span");
      stars.textContent = "★★★★★";
      stars.ariaHidden = "true";
      stars.style.setProperty("--share", `${value * 20}%`);
      const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
      root.adoptedStyleSheets = [looks];
      root.replaceChildren(stars, ` ${number(value, 1)} (${number(count)})`);
    }
  }

  for (const [place, kind] of [Count, Rating].entries())
    customElements.get(tags[place]) ?? customElements.define(tags[place], kind);
}
