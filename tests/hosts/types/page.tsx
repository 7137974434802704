import { load, loadCounts } from "jawjaw";
import type {} from "jawjaw/react";

const loaded: Promise<void> = load("/jawjaw/");
loadCounts();

const tag = document.createElement("jaw-jaw");
tag.endpoint = "https://comments.example";
tag.token = "secret";
tag.depth = 3;
tag.article = null;
tag.lang = null;
const article: string = tag.article;
tag.refresh();
tag.addEventListener("jawjaw:beforecomment", (event) => {
  const words: string = event.detail.text;
  if (words.includes("kettle")) {
    event.detail.reason = "Not before tea, please.";
    event.preventDefault();
  }
});
document.addEventListener("jawjaw:rate", ({ detail }) => console.log(loaded, article, detail.ratingValue?.toFixed(1)));

// @ts-expect-error There is no such order.
export const wrong = <jaw-jaw endpoint="https://comments.example" sort="tallest" />;

export const page = (
  <main>
    <jaw-jaw endpoint="https://comments.example" article="/a/" var-slug="a" depth={3} density="compact" json-ld="Recipe">
      <jaw-source endpoint="https://mastodon.example" profile="mastodon" article="1" />
    </jaw-jaw>
    <jaw-jaw-count endpoint="https://comments.example" one="# comment" other="# comments" />
  </main>
);
