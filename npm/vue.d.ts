// import type {} from "jawjaw/vue"; tells TypeScript the tags in Vue's templates and JSX.
import type { HTMLAttributes } from "vue";
import type { JawJawAttributes, JawJawCountAttributes, JawJawEvents, JawJawSourceAttributes } from "./index.js";

type Tag<Attributes> = new () => { $props: HTMLAttributes & Attributes };

/** `@jawjaw:rate` in a template is `onJawjaw:rate` here. */
type Listeners = {
  [Name in keyof JawJawEvents as `on${Capitalize<Name>}`]?: (event: JawJawEvents[Name]) => void;
};

declare module "vue" {
  interface GlobalComponents {
    "jaw-jaw": Tag<JawJawAttributes & Listeners>;
    "jaw-jaw-count": Tag<JawJawCountAttributes>;
    "jaw-jaw-rating": Tag<JawJawSourceAttributes>;
    "jaw-source": Tag<JawJawSourceAttributes>;
  }
}
