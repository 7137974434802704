// The contrast (WCAG 2.2) of everything that is shown in the widget of the page, on what it stands on.
(() => {
  const probe = document.createElement("i");
  document.body.append(probe);
  const colour = (css) => {
    probe.style.color = `color-mix(in srgb, ${css}, ${css})`;
    const [r, g, b, a = 1] = getComputedStyle(probe).color.match(/[\d.e-]+(?=[ )])/g).map(Number);
    return { rgb: [r, g, b], a };
  };
  const over = ({ rgb, a }, under) => rgb.map((part, place) => part * a + under[place] * (1 - a));
  const bright = (rgb) => {
    const [r, g, b] = rgb.map((part) => {
      const seen = Math.round(part * 255) / 255;
      return seen <= 0.04045 ? seen / 12.92 : ((seen + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
  };
  const ratio = (one, other) => {
    const [a, b] = [bright(one), bright(other)];
    return Math.max(a, b) / Math.min(a, b);
  };
  const outer = (at) => at.assignedSlot ?? at.parentElement ?? at.getRootNode().host;
  // Of what an element, and all it stands in, are painted with.
  const grounds = new Map();
  const ground = (at) => {
    if (!at) return [1, 1, 1];
    if (!grounds.has(at)) grounds.set(at, over(colour(getComputedStyle(at).backgroundColor), ground(outer(at))));
    return grounds.get(at);
  };
  const found = [];
  const note = (what, needed, one, other, at) =>
    found.push({ what, needed, is: Math.round(ratio(one, other) * 100) / 100, at: at.outerHTML.slice(0, 100) });
  const whole = document.querySelector("jaw-jaw").shadowRoot.querySelector(".jawjaw");
  const seen = (at) => at.checkVisibility({ visibilityProperty: true }) && !at.closest(".unseen, [aria-disabled=true]");
  for (const at of whole.querySelectorAll("*")) {
    if (!seen(at) || at.closest(".star, option")) continue;
    const style = getComputedStyle(at);
    const below = ground(at);
    const words = [...at.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    const typed = at.matches("input:not([type=radio], [type=checkbox]), textarea, select");
    if (words || typed) note("words", 4.5, over(colour(style.color), below), below, at);
    if (at.matches("svg")) note("drawing", 3, over(colour(style.color), below), below, at);
    if (at.placeholder) note("placeholder", 4.5, over(colour(getComputedStyle(at, "::placeholder").color), below), below, at);
    if (typed) {
      const edge = over(colour(style.borderTopColor), below);
      note("edge outside", 3, edge, ground(outer(at)), at);
      note("edge inside", 3, edge, below, at);
    }
  }
  for (const star of whole.querySelectorAll(".choices .star")) {
    const below = ground(star.parentElement);
    const mixed = (name) => {
      const css = getComputedStyle(star).getPropertyValue(name);
      return over(colour(css), below);
    };
    note("star", 3, mixed("--star"), below, star);
    note("star not chosen", 3, mixed("--unlit"), below, star);
  }
  probe.remove();
  return found;
})()
