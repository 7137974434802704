import type { SvelteHTMLElements } from "svelte/elements";
import type {} from "jawjaw/svelte";

export const tag: SvelteHTMLElements["jaw-jaw"] = {
  endpoint: "https://comments.example",
  "var-slug": "a",
  class: "discussion",
  "onjawjaw:rate": (event) => console.log(event.detail.ratingValue?.toFixed(1)),
};
export const count: SvelteHTMLElements["jaw-jaw-count"] = { endpoint: "https://comments.example", other: "# comments" };
// @ts-expect-error There is no such order.
export const wrong: SvelteHTMLElements["jaw-jaw"] = { sort: "tallest" };
// @ts-expect-error A rating has no text.
export const listens: SvelteHTMLElements["jaw-jaw"] = { "onjawjaw:rate": (event) => event.detail.text };
