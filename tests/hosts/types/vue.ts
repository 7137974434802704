import type { GlobalComponents } from "vue";
import type {} from "jawjaw/vue";

type Props<Name extends keyof GlobalComponents> = GlobalComponents[Name] extends new () => { $props: infer It } ? It : never;

export const tag: Props<"jaw-jaw"> = {
  endpoint: "https://comments.example",
  "var-slug": "a",
  class: "discussion",
  "onJawjaw:rate": (event) => console.log(event.detail.ratingValue?.toFixed(1)),
};
export const count: Props<"jaw-jaw-count"> = { endpoint: "https://comments.example", other: "# comments" };
// @ts-expect-error There is no such order.
export const wrong: Props<"jaw-jaw"> = { sort: "tallest" };
// @ts-expect-error A rating has no text.
export const listens: Props<"jaw-jaw"> = { "onJawjaw:rate": (event) => event.detail.text };
