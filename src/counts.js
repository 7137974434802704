// <jaw-jaw-count> and <jaw-jaw-rating>: how many comments, and how many stars, the articles of a list have. Without
// WebAssembly; one request for all of a page (100 at a time). What to ask is in `counts` of the profile.
{
  const folder = new URL(".", import.meta.url).href;
  const tags = "jaw-jaw-count jaw-jaw-rating".split(" ");
  const json = async (address, more) => {
    const answer = await fetch(address, { ...more, signal: AbortSignal.timeout(3e4) });
    if (!answer.ok) throw Error(`${address} answered ${answer.status}`);
    return answer.json();
  };
  const profiles = new Map();
  const profileOf = (asked) => {
    if (!profiles.has(asked)) {
      const read = json(asked.match("[/.]") ? asked : `${folder}profiles/${asked}.json`);
      profiles.set(asked, read);
      // The next one tries again.
      read.catch(() => profiles.delete(asked));
    }
    return profiles.get(asked);
  };

  // A path without what is encoded in it; as it is where that is no UTF-8.
  const plain = (path) => {
    try {
      return decodeURI(path);
    } catch {
      return path;
    }
  };

  // Tags to be asked for, by what they are asked of.
  const waiting = new Map();

  // Batches of 100, and of addresses that every server takes.
  const batches = (tags) => {
    const all = [];
    let [last, length] = [null, 0];
    for (const tag of tags) {
      const own = encodeURIComponent(tag.article).length + 12;
      if (!last || last.length === 100 || length + own > 4000) {
        all.push((last = []));
        length = 0;
      }
      last.push(tag);
      length += own;
    }
    return all;
  };

  const ask = async ([endpoint, profile, more], asking) => {
    const { counts, variables = {} } = await profileOf(profile);
    if (!counts) throw Error(`the profile "${profile}" does not say how to count`);
    const known = { host: location.host };
    if (endpoint) known.endpoint = endpoint;
    for (const [name, { default: otherwise, required }] of Object.entries(variables)) {
      // HTML knows attributes in small letters only.
      known[name] ??= more[name.toLowerCase()] ?? otherwise;
      if (required && name !== "article" && known[name] == null) throw Error(`${name} is missing`);
    }
    for (const some of batches(asking)) {
      // Some services file articles decoded.
      const filed = (one) => (variables.article?.decoded ? plain(one) : one);
      const articles = [...new Set(some.map((tag) => filed(tag.article)))];
      known.article = articles;
      known.urls = articles.map((article) => URL.parse?.(article, location)?.href ?? article);
      // RFC 6570: of its forms those that are needed here.
      const href = counts.href.replace(/\{([+?&]?)(\w+)\*?\}/g, (_, sign, name) => {
        const all = [known[name] ?? ""].flat().map(sign === "+" ? String : encodeURIComponent);
        return sign && sign !== "+" ? sign + all.map((one) => `${name}=${one}`).join("&") : all.join();
      });
      const fill = (_, value) => known[/^\{(\w+)\}$/.exec(value)?.[1]] ?? value;
      const told = await json(href, {
        method: counts.method,
        headers: counts.body && { "content-type": "application/json" },
        body: counts.body && JSON.stringify(counts.body, fill),
      });
      for (const tag of some) {
        const at = { "{article}": filed(tag.article), "{index}": articles.indexOf(filed(tag.article)) };
        // RFC 6901, with places for the article. What is no number is not there.
        const find = (name) => {
          const value = counts[name]?.split("/").slice(1).reduce((from, step) => from?.[at[step] ?? step], told);
          return Number.isFinite(value) ? value : undefined;
        };
        tag.show(find);
      }
    }
  };

  // A tag that says nothing of its own asks where the first does that says something.
  const speaks = ":is(jaw-jaw-count,jaw-jaw-rating,jaw-jaw):is([endpoint],[profile])";
  const sourceOf = (tag) => [tag.matches(speaks) && tag, tag.getRootNode().querySelector(speaks), document.querySelector(speaks), tag].find(Boolean);

  class Tag extends HTMLElement {
    static observedAttributes = ["article"];

    connectedCallback() {
      const [source, more] = [sourceOf(this), {}];
      for (const { name, value } of source.attributes) if (name.startsWith("var-")) more[name.slice(4)] = value;
      const link = new URL(this.closest("a[href]")?.href ?? location);
      // Two spellings are one article (src/element/config.rs).
      if (!link.pathname.includes("%25")) link.pathname = plain(link.pathname).normalize();
      this.article = this.getAttribute("article") || link.pathname;
      const given = source.getAttribute("endpoint");
      const endpoint = given && new URL(given, document.baseURI).href.replace(/\/+$/, "");
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
      if (before === after || !this.isConnected || !this.article) return;
      this.clear();
      this.connectedCallback();
    }

    get language() {
      try {
        return Intl.getCanonicalLocales(this.closest("[lang]")?.lang || [])[0];
      } catch {
        // What is no language is the reader's own.
      }
    }
  }

  class Count extends Tag {
    #own = this.textContent;

    clear() {
      this.textContent = this.#own;
    }

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
    clear() {
      this.shadowRoot?.replaceChildren(document.createElement("slot"));
    }

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
