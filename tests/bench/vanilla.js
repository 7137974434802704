// The floor: what a page needs at least to show a discussion. One request, one innerHTML, the server's HTML trusted.
// Measured beside the widget; never shipped.
const script = document.querySelector("script[data-api]");
const { comment } = await (await fetch(script.dataset.api)).json();
const below = Map.groupBy(comment, (one) => one.parentItem ?? "");
const escaped = (text) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
const html = (parent) =>
  (below.get(parent) ?? [])
    .map(
      (one) =>
        `<li><article class="comment"><header><b>${escaped(one.author.name)}</b> <time>${one.dateCreated.slice(0, 10)}</time></header>` +
        `<div class="words">${one.html}</div><footer><button>▲ ${one.upvoteCount}</button> <button>▼</button> ` +
        `<button>Reply</button></footer></article><ol>${html(one.identifier)}</ol></li>`,
    )
    .join("");
document.querySelector("#vanilla").innerHTML = `<h2>${comment.length} comments</h2><ol>${html("")}</ol>`;
