// import type {} from "jawjaw/react"; tells TypeScript the tags in JSX.
import type { DetailedHTMLProps, HTMLAttributes } from "react";
import type { JawJawAttributes, JawJawCountAttributes, JawJawElement, JawJawSourceAttributes } from "./index.js";

type Tag<Attributes, Element = HTMLElement> = DetailedHTMLProps<HTMLAttributes<Element>, Element> & Attributes;

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "jaw-jaw": Tag<JawJawAttributes, JawJawElement>;
      "jaw-jaw-count": Tag<JawJawCountAttributes>;
      "jaw-jaw-rating": Tag<JawJawSourceAttributes>;
      "jaw-source": Tag<JawJawSourceAttributes>;
    }
  }
}
