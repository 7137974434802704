/** Defines <jaw-jaw> from the folder that holds a copy of `jawjaw/dist` ("/jawjaw/" if left out). */
export function load(folder?: string): Promise<void>;
/** Defines <jaw-jaw-count> and <jaw-jaw-rating> from that folder. */
export function loadCounts(folder?: string): Promise<void>;

/** Attributes of <jaw-jaw>; `var-…` are what a profile asks for beyond them. */
export interface JawJawAttributes {
  /** Address of the comment server. */
  endpoint?: string;
  /** What is being discussed, as the server knows it; the path of the page if left out. */
  article?: string;
  /** How the server talks: the name of a built-in profile, or the address of one of your own; `native` if left out. */
  profile?: string;
  sort?: "newest" | "oldest" | "best" | "discussed" | "controversial";
  "rating-endpoint"?: string;
  "rating-profile"?: string;
  /** `eager` starts at once; otherwise it waits until the tag nears the window. */
  loading?: "eager" | "lazy";
  /** The folder of the files, if they are not beside the script. */
  base?: string;
  lang?: string;
  /** Address of a JSON file with sentences of your own. */
  sentences?: string;
  /** Hosts whose images in comments are shown, with spaces between; `*` for all. */
  images?: string;
  /** Hosts from which pictures of authors are shown. */
  avatars?: string;
  /** Levels of replies that stand in, 1 to 8; 6 if left out. */
  depth?: number | string;
  /** `off`: do not look for what others write meanwhile. */
  live?: "off";
  density?: "compact";
  /** What is discussed, a type of schema.org: writes JSON-LD for search engines. */
  "json-ld"?: string;
  [more: `var-${string}`]: string | undefined;
}

/** A property that is its attribute: an empty string where there is none, and `null` takes it away. */
export interface JawJawElement extends HTMLElement {
  get endpoint(): string;
  set endpoint(value: string | null | undefined);
  get article(): string;
  set article(value: string | null | undefined);
  get profile(): string;
  set profile(value: string | null | undefined);
  get sort(): string;
  set sort(value: string | null | undefined);
  get "rating-endpoint"(): string;
  set "rating-endpoint"(value: string | null | undefined);
  get "rating-profile"(): string;
  set "rating-profile"(value: string | null | undefined);
  get loading(): string;
  set loading(value: string | null | undefined);
  get base(): string;
  set base(value: string | null | undefined);
  get lang(): string;
  set lang(value: string | null | undefined);
  get sentences(): string;
  set sentences(value: string | null | undefined);
  get images(): string;
  set images(value: string | null | undefined);
  get avatars(): string;
  set avatars(value: string | null | undefined);
  get depth(): string;
  set depth(value: number | string | null | undefined);
  /** A secret of the reader's, where the service needs one; sent only to where the comments come from. */
  token?: string;
  /** Reads everything anew; what is being written stays. */
  refresh(): void;
}

/** Attributes of <jaw-jaw-rating>, and of <jaw-source> within <jaw-jaw>: what is said elsewhere. */
export interface JawJawSourceAttributes {
  endpoint?: string;
  article?: string;
  profile?: string;
  [more: `var-${string}`]: string | undefined;
}

/** Attributes of <jaw-jaw-count>. */
export interface JawJawCountAttributes {
  endpoint?: string;
  article?: string;
  profile?: string;
  none?: string;
  zero?: string;
  one?: string;
  two?: string;
  few?: string;
  many?: string;
  other?: string;
  [more: `var-${string}`]: string | undefined;
}

/** Details of the events. Those that begin with `before` can be prevented; `reason` then is said to the reader. */
export interface JawJawEvents {
  "jawjaw:ready": CustomEvent<{ commentCount: number }>;
  "jawjaw:beforecomment": CustomEvent<{ text: string; name: string; parent: string | null; reason?: string }>;
  "jawjaw:comment": CustomEvent<{ id: string | null; status: "published" | "pending" | "sent" }>;
  "jawjaw:beforeedit": CustomEvent<{ text: string; name: string; id: string; reason?: string }>;
  "jawjaw:edit": CustomEvent<{ id: string }>;
  "jawjaw:delete": CustomEvent<{ id: string }>;
  "jawjaw:beforerate": CustomEvent<{ ratingValue: 1 | 2 | 3 | 4 | 5 | null; reason?: string }>;
  "jawjaw:rate": CustomEvent<{ ratingValue: 1 | 2 | 3 | 4 | 5 | null }>;
  "jawjaw:beforevote": CustomEvent<{ id: string; vote: 1 | -1 | 0; reason?: string }>;
  "jawjaw:vote": CustomEvent<{ id: string; vote: 1 | -1 | 0 }>;
  "jawjaw:error": CustomEvent<{ message: string }>;
}

declare global {
  interface HTMLElementTagNameMap {
    "jaw-jaw": JawJawElement;
    "jaw-jaw-count": HTMLElement;
    "jaw-jaw-rating": HTMLElement;
    "jaw-source": HTMLElement;
  }
  interface HTMLElementEventMap extends JawJawEvents {}
  interface DocumentEventMap extends JawJawEvents {}
  interface WindowEventMap extends JawJawEvents {}
}
