// For those who bundle. The files of `dist` are fetched by the browser when they are needed, so a bundler cannot
// take them in: copy them to where the site serves them from, and say here where that is.

/** Defines <jaw-jaw> from the folder that holds a copy of `jawjaw/dist`. In a server's hands it does nothing. */
export const load = (folder = "/jawjaw/") => fetchOnce("jaw-jaw", folder, "jawjaw.js");

/** Defines <jaw-jaw-count> and <jaw-jaw-rating> from that folder. */
export const loadCounts = (folder = "/jawjaw/") => fetchOnce("jaw-jaw-count", folder, "jawjaw-counts.js");

async function fetchOnce(tag, folder, file) {
  if (typeof customElements === "undefined" || customElements.get(tag)) return;
  const address = new URL(file, new URL(folder.replace(/\/?$/, "/"), document.baseURI)).href;
  await import(/* @vite-ignore */ /* webpackIgnore: true */ /* turbopackIgnore: true */ address);
}
