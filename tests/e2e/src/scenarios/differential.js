// Judges readings of ours by the browser's own: an array of cases in, for each a verdict out. A verdict is ""
// where ours is contained in what `setHTML` gives, else the reasons, and what is left unexplained after "?".
(cases) => {
  // `setHTML` takes them out with all that is in them.
  const REFUSED = "object, embed, iframe, frame, script";
  const RAW = new Set("script style textarea title xmp iframe noembed noframes noscript plaintext".split(" "));
  const EMBEDDED = new Set("iframe video audio object embed".split(" "));
  // What is shown by us → as which it may have been written.
  const WRITTEN = {
    p: `p div section article aside address center dl dt dd figure figcaption header footer main nav hgroup fieldset legend
      form dialog search option optgroup iframe video audio object embed`, a: "a iframe video audio object embed",
    ul: "ul menu", strong: "b strong", em: "i em", s: "s del strike", code: "code tt",
    h4: "h1", h5: "h2", h6: "h3 h4 h5 h6",
  };
  const plain = (text) => text.replace(/[\s\p{Cc}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu, "");
  // What follows the end of a block is a paragraph too. A form in a form is one to us, and an end of `br` is one always.
  const ENDS = {
    p: new RegExp(`<(/(${WRITTEN.p.split(/\s+/).join("|")})|form)[\\s/>]`, "gi"),
    br: /<\/br[\s/>]/gi,
  };
  const address = (href) => href.trim().replace(/^\/\//, "https://").replaceAll(" ", "%20");

  // What there is to see: text outside raw elements, in order; links; elements by name.
  const gather = (root) => {
    const seen = { text: "", links: [], names: {} };
    const walk = (node, within) => {
      if (node.nodeType === Node.TEXT_NODE || node.nodeType === Node.CDATA_SECTION_NODE) {
        seen.text += node.data;
        for (const link of within) link.text += node.data;
        return;
      }
      const name = node.localName;
      if (name) seen.names[name] = (seen.names[name] ?? 0) + 1;
      const html = node.namespaceURI === "http://www.w3.org/1999/xhtml";
      // What is embedded is a link to it.
      if (html && EMBEDDED.has(name)) {
        const place = [node, ...node.querySelectorAll("source, embed")]
          .flatMap((one) => ["data-src", "data-lazy-src", "src", "data"].map((at) => address(one.getAttribute(at) ?? "")))
          .find((one) => /^https?:/i.test(one) && URL.canParse(one));
        if (place) {
          const link = { href: place, text: "", gone: true };
          seen.links.push(link);
          walk(new Text(`${node.getAttribute("title") ?? ""}${new URL(place).host}`), [...within, link]);
        }
      }
      if (html && RAW.has(name)) return;
      // An image is a link to it or its words; either way its words may be read.
      if (html && name === "img") walk(new Text(node.getAttribute("alt") ?? ""), within);
      let inside = within;
      if (name === "a") {
        const href = address(node.getAttribute("href") ?? "");
        const link = { href, text: "", gone: Boolean(node.closest(REFUSED)) };
        seen.links.push(link);
        inside = [...within, link];
      }
      for (const part of [node.shadowRoot, node.content, node])
        for (const child of part?.childNodes ?? []) walk(child, inside);
    };
    for (const child of [...(root.shadowRoot?.childNodes ?? []), ...root.childNodes]) walk(child, []);
    return seen;
  };

  const inOrder = (ours, theirs) => {
    let at = 0;
    for (const letter of theirs) if (ours[at] === letter) at++;
    return at >= ours.length;
  };
  // The words of the generator are each written once, so none is found by chance.
  const words = (text) => text.match(/q\d+z/g) ?? [];
  const says = (ours, theirs) => {
    const [mine, yours] = [plain(ours), plain(theirs)];
    const known = new Set(words(yours));
    return inOrder([...mine], yours) && words(mine).every((word) => known.has(word));
  };
  const faults = (ours, theirs) => {
    const found = [];
    if (!says(ours.text, theirs.text)) found.push("text");
    const left = theirs.links.map((link) => link.href);
    for (const { href, text } of ours.links) {
      const at = left.indexOf(href);
      if (at < 0) found.push(`link ${href}`);
      else left.splice(at, 1);
      const same = theirs.links.filter((link) => link.href === href).map((link) => link.text);
      if (at >= 0 && !says(text, same.join(""))) found.push("around");
    }
    for (const [name, count] of Object.entries(ours.names)) {
      const written = (WRITTEN[name] ?? name).split(/\s+/);
      const there = written.reduce((sum, one) => sum + (theirs.names[one] ?? 0), 0);
      const ends = (ours.html.match(ENDS[name] ?? /$^/g) ?? []).length;
      if (there + ends < count) found.push(`name ${name}`);
    }
    return found;
  };

  const reference = document.createElement("textarea");
  // As often as there is something to decode: `&ampcopy` is `&copy` once it is read.
  const decoded = (text) => {
    reference.innerHTML = text.replaceAll("<", "&lt;");
    return reference.value === text ? text : decoded(reference.value);
  };
  const read = ({ html, text, links, names }) => ({
    html: html ?? "",
    text: decoded(text),
    links: links.map(({ href, text }) => ({ href, text: decoded(text) })),
    names,
  });
  const letters = (text) => [...plain(text)].sort();
  // Where ours is more than the browser's, and why that is meant. Each explains one kind of fault only.
  const REASONS = [
    ["in SVG or MathML, where other rules of reading hold", (fault, { html }) => /<(svg|math)/i.test(html)],
    [
      "a reference stays as it is written",
      (fault, one, theirs) => !faults(read(one), read(theirs)).includes(fault),
    ],
    [
      "loose text of a table stays where it is written",
      (fault, { html, text }, theirs) =>
        fault === "text" && /<table/i.test(html) && inOrder(letters(decoded(text)), letters(decoded(theirs.text))),
    ],
    [
      "a link around cells stays around them",
      (fault, { html }) => fault === "around" && /<table/i.test(html),
    ],
    [
      "in a template that begins with a part of a table, so that the rest must be one",
      (fault, { html }) => /<template[^]*<(caption|col|t[rdh]|tbody|thead)/i.test(html),
    ],
  ];

  const inert = document.implementation.createHTMLDocument("");
  const judge = (one) => {
    const place = document.createElement("div");
    // Everything but what no sanitizer may let through: what the browser thinks is safe at most.
    place.setHTML(one.html, { sanitizer: { removeElements: [], removeAttributes: [] } });
    const safe = gather(place);
    if (!faults(one, safe).length) return "";
    // Of elements that go with all that is in them ours keeps the text. There it must be text too.
    const whole = inert.createElement("div");
    whole.innerHTML = one.html;
    const theirs = gather(whole);
    const left = safe.links.map((link) => link.href);
    const kept = ({ href }) => left.includes(href) && left.splice(left.indexOf(href), 1);
    theirs.links = theirs.links.filter((link) => (link.gone ? /^(https?|mailto):/i.test(link.href) : kept(link)));
    const why = new Set();
    for (const fault of faults(one, theirs)) {
      const reason = REASONS.find(([, explains]) => explains(fault, one, theirs));
      why.add(reason?.[0] ?? `?${fault}`);
    }
    if (!why.size) why.add("inside an element that setHTML refuses with all that is in it");
    return [...why].sort().join(" + ");
  };
  // Where scripts run, as where we are, the inside of `noscript` is no markup, but to `setHTML` it is. What it is for
  // us `noframes` is for all, and no case has that.
  const asWeRun = (one) => JSON.parse(JSON.stringify(one).replace(/noscript/gi, "noframes"));
  return cases.map(asWeRun).map(judge);
}
