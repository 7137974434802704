// Runs in every document before the page's own scripts. What tests name starts with `deep`.
(() => {
  const describe = (event) =>
    JSON.stringify({
      directive: event.effectiveDirective,
      blocked: event.blockedURI,
      sample: event.sample,
      source: `${event.sourceFile}:${event.lineNumber}`,
    });
  document.addEventListener(
    "securitypolicyviolation",
    (event) => globalThis.jawjawViolation?.(describe(event)),
    true,
  );

  const all = (selector, root) => {
    const found = [...root.querySelectorAll(selector)];
    if (root.shadowRoot) found.push(...all(selector, root.shadowRoot));
    for (const host of root.querySelectorAll("*")) {
      if (host.shadowRoot) found.push(...all(selector, host.shadowRoot));
    }
    return found;
  };
  // Each selector is looked for inside what the one before found; open shadow roots are entered.
  globalThis.deepAll = (...selectors) =>
    selectors.reduce(
      (roots, selector) => [...new Set(roots.flatMap((root) => all(selector, root)))],
      [document],
    );
  // Only what is near the window is in the page: asked again and again, it goes to all that is not, and says when
  // there is nothing left.
  globalThis.deepWhole = () => {
    const far = deep("jaw-jaw", "[aria-busy=true]");
    far?.scrollIntoView();
    return !far;
  };
  globalThis.deep = (...selectors) => deepAll(...selectors)[0] ?? null;
  // The innermost-last element matching the selectors whose text holds `text`.
  globalThis.deepText = (text, ...selectors) =>
    deepAll(...selectors).find((element) => wording(element).includes(text)) ?? null;

  const wording = (element) =>
    (element.innerText ?? element.textContent ?? "").replace(/\s+/g, " ").trim();

  const outline = (node, depth) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const text = node.data.trim().replace(/\s+/g, " ");
      return text ? `${"  ".repeat(depth)}${text}\n` : "";
    }
    if (node.nodeType !== Node.ELEMENT_NODE && !(node instanceof DocumentFragment)) return "";
    if (node.matches?.("script, style, template, svg, head")) return "";
    const inside = [...(node.shadowRoot?.childNodes ?? []), ...node.childNodes];
    const below = inside.map((child) => outline(child, depth + 1)).join("");
    const named = [...(node.attributes ?? [])]
      .filter(({ name }) => /^(id|class|role|href|aria-|hidden|disabled|open|endpoint)/.test(name))
      .map(({ name, value }) => (value ? ` ${name}="${value.slice(0, 60)}"` : ` ${name}`))
      .join("");
    return `${"  ".repeat(depth)}<${node.localName ?? "#root"}${named}>\n${below}`;
  };
  // The document as an indented outline, shadow roots included.
  globalThis.deepOutline = () =>
    document.documentElement ? outline(document.documentElement, 0) : "";

  const frame = () =>
    new Promise((done) => {
      // A page that is not shown gets no frames; the timer keeps the wait alive there.
      const timer = setTimeout(done, 100);
      requestAnimationFrame(() => (clearTimeout(timer), done()));
    });

  const inside = (element, node) => {
    for (; node; node = node.assignedSlot ?? node.parentNode ?? node.host) {
      if (node === element) return true;
    }
    return false;
  };
  const hitAt = (x, y) => {
    let hit = document.elementFromPoint(x, y);
    for (;;) {
      const deeper = hit?.shadowRoot?.elementFromPoint(x, y);
      if (!deeper || deeper === hit) return hit;
      hit = deeper;
    }
  };
  const box = (element) => {
    const boxes = [...element.getClientRects()];
    return boxes.find((box) => box.width > 0 && box.height > 0) ?? null;
  };
  const centre = ({ left, top, width, height }) => ({ x: left + width / 2, y: top + height / 2 });

  globalThis.jawjawDriver = {
    // The point to press, once the element is there, at rest, enabled and not covered.
    async aim(element) {
      if (!element) throw new Error("no such element");
      if (element.matches(":disabled")) throw new Error("the element is disabled");
      let before = box(element);
      if (!before) throw new Error("the element has no size");
      const { x, y } = centre(before);
      // At the very edge nothing is hit.
      if (x < 1 || y < 1 || x > innerWidth - 1 || y > innerHeight - 1) {
        element.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
        before = box(element);
      }
      await frame();
      const now = box(element);
      if (!now || now.left !== before.left || now.top !== before.top) {
        throw new Error("the element is moving");
      }
      const point = centre(now);
      const hit = hitAt(point.x, point.y);
      if (!inside(element, hit)) throw new Error(`covered by ${hit?.outerHTML?.slice(0, 200)}`);
      return point;
    },
    // Asks again with every frame until the answer is truthy or the time is over.
    async until(ask, milliseconds) {
      const end = performance.now() + milliseconds;
      let last, trouble;
      for (;;) {
        try {
          last = await ask();
          trouble = null;
          if (last) return { value: last instanceof Node ? true : last };
        } catch (error) {
          trouble = String(error);
        }
        if (performance.now() > end) {
          return { late: true, last: trouble ?? String(last), outline: deepOutline() };
        }
        await frame();
      }
    },
  };
})();
