// How a benchmark of comment clients meets <jaw-jaw>: one object that says which page holds it, where its files are,
// and how the benchmark's server answers the API of our own server from its generated thread.
import path from 'node:path';

const iso = (time) => new Date(time).toISOString();

const comment = (one) => ({
  identifier: String(one.id), parentItem: one.parent === null ? null : String(one.parent),
  author: { name: one.author.name, url: one.author.url || null },
  html: one.html, text: one.html.replace(/<[^>]*>/g, ''), dateCreated: iso(one.time), dateModified: null,
  upvoteCount: one.likes, downvoteCount: one.dislikes, viewerVote: 0, creativeWorkStatus: 'published',
});

function add({ thread, markDirty }, { parentItem, text, author }) {
  const parent = parentItem ? thread.byId.get(Number(parentItem)) : null;
  const escaped = String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
  const one = {
    id: thread.nextId++, level: parent ? parent.level + 1 : 0, parent: parent?.id ?? null, children: [],
    author: { name: author?.name ?? 'Bench', url: '' }, time: Date.now(), html: `<p>${escaped}</p>`, likes: 0, dislikes: 0,
  };
  if (parent) parent.children.push(one); else thread.roots.push(one);
  thread.list.push(one);
  thread.byId.set(one.id, one);
  markDirty();
  return one;
}

export default {
  name: 'ours', about: 'jaw-jaw', version: () => 'this build',
  statics: () => ({ '/w/': process.env.JAWJAW_DIST ?? path.resolve(import.meta.dirname, '../../dist') }),
  page: (x) => ({
    css: [],
    // As the README has it, so that nothing jumps before the script has come.
    html: `<style>jaw-jaw:not(:defined){display:block;min-height:100vh}</style><jaw-jaw endpoint="${x.widget}" article="a"></jaw-jaw>`,
    scripts: [{ src: `${x.widget}/w/jawjaw.js`, type: 'module' }],
  }),
  api(request, x) {
    if (request.path !== '/api/v1/comments') return undefined;
    if (request.method === 'POST') return { status: 201, body: comment(add(x, request.body)) };
    const all = x.thread.list;
    const size = x.paging === 'all' ? all.length : 50;
    const start = Number(request.q.get('cursor') ?? 0);
    const next = start + size < all.length ? String(start + size) : null;
    return {
      body: { comment: all.slice(start, start + size).map(comment), commentCount: all.length, next, closed: false },
      cacheKey: x.dirty ? undefined : `ours-${x.n}-${x.shape}-${x.paging}-${start}`,
    };
  },
  probe: {
    first: 'article.comment .words', countClass: 'comment',
    // Only what is near the window is in the page.
    expect: (x) => Math.min(x.n, 5),
  },
  interact: {
    reply: {
      action: (B) => B.$('[data-do=reply]').click(),
      pred: (B) => B.visible(B.$('.opened textarea')),
    },
    submit: {
      // The rest of the form comes when somebody turns to it.
      prep: async (B, text) => {
        B.fill(B.$('.write textarea'), text);
        while (!B.$('.write input[autocomplete=name]')) await new Promise(requestAnimationFrame);
        B.fill(B.$('.write input[autocomplete=name]'), 'Bench');
      },
      action: (B) => B.$('.write button[type=submit]').click(),
    },
    expand: {
      what: 'fold a thread', action: (B) => B.$('[data-do=fold]').click(),
      before: (B) => B.$$('[aria-expanded=false]').length,
      pred: (B, count) => B.$$('[aria-expanded=false]').length > count,
    },
  },
};
