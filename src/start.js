// The loader's second half: it comes with the glue, once a reader is near.

// The text of an answer the loader asked for, within half a minute; empty if it cannot be had.
const text = (asked) =>
  new Promise((done) => {
    const late = setTimeout(done, 3e4, "");
    asked
      .then((answer) => answer.text().then((words) => (answer.ok ? words : "")))
      .catch(() => "")
      .then((words) => {
        clearTimeout(late);
        done(words);
      });
  });

const begin = (host, root, profile, read, folder) =>
  mount(host, root, text(profile), (name) => text(read(name)), folder);

// What was fetched in, `mount` out. The program is compiled while it comes, where the server says what it is.
export default async (fetched) => {
  const answer = await fetched;
  // Where a tag failed the next one asks again; the others have theirs in the program that runs.
  if (wasm) return begin;
  if (!answer.ok) throw answer.status ? Error(answer.status + " " + answer.url) : answer;
  const streams = answer.headers.get("content-type") === "application/wasm";
  if (!streams) console.warn("jaw-jaw: serve .wasm as application/wasm; it starts sooner");
  const program = await WebAssembly[streams ? "instantiateStreaming" : "instantiate"](
    streams ? answer : await answer.arrayBuffer(),
    __wbg_get_imports(),
  );
  __wbg_finalize_init(program.instance);
  return begin;
};
