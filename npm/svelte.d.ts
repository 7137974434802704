// import type {} from "jawjaw/svelte"; tells TypeScript the tags in Svelte's components.
import type { HTMLAttributes } from "svelte/elements";
import type {
  JawJawAttributes,
  JawJawCountAttributes,
  JawJawElement,
  JawJawEvents,
  JawJawSourceAttributes,
} from "./index.js";

type Tag<Attributes, Element extends EventTarget = HTMLElement> = Omit<HTMLAttributes<Element>, keyof Attributes> &
  Attributes;

/** `onjawjaw:rate={...}` */
type Listeners = {
  [Name in keyof JawJawEvents as `on${Name}`]?: (event: JawJawEvents[Name]) => void;
};

declare module "svelte/elements" {
  interface SvelteHTMLElements {
    "jaw-jaw": Tag<JawJawAttributes & Listeners, JawJawElement>;
    "jaw-jaw-count": Tag<JawJawCountAttributes>;
    "jaw-jaw-rating": Tag<JawJawSourceAttributes>;
    "jaw-source": Tag<JawJawSourceAttributes>;
  }
}
