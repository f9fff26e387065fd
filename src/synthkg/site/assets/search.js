// Searches search.json as synthkg.profiles.searching searches the graph: the same words, weights and slips of the pen.
"use strict";
const MARKS = /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\u{e0000}-\u{e0fff}]/gu;
const COMMAND = /\\(?:(?:var)?([a-z]+)(?![a-z]) ?|[^\p{L}\p{N}_\s#%&+])/gu;
const GREEK = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi omega";
const PRINTED = new Map([
  ...GREEK.split(" ").map((name, at) => [name, "αβγδεζηθικλμνξπρστυφχψω"[at]]),
  ...Object.entries({ o: "ø", l: "ł", ae: "æ", oe: "œ", aa: "a", dh: "ð", th: "þ", dj: "đ" }),
  ..."i j ss log exp min max tex latex bibtex".split(" ").map((name) => [name, name]),
]);
const BEGINS = 0.7, SLIPPED = 0.6, MISSING = 0.2, SHORTEST = 4, WHOLE = 1.5, IDENTIFIED = 1000, PAGE = 50, TYPED = 200;
const UNPARTED = /^[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}]+$/u;
// Spellings of identifiers, as synthkg.model.identifiers knows them. Those that are no forum's end where the query begins.
const IDENTIFIERS = [
  /(?:^|^arxiv[:.]\s*|(?:arxiv\.org|xxx\.lanl\.gov|ar5iv\.org|alphaxiv\.org|arxiv-vanity\.com|semanticscholar\.org)\/(?:[\w-]+\/)*|\/(?:huggingface|hf)\.co\/papers\/|10\.48550\/arxiv\.)(?:arxiv:)?(\d{4}\.\d{4,5})(?:v\d+)?(?:\.(?:pdf|html))?$/i,
  /\/dblp\.(?:org|uni-trier\.de|dagstuhl\.de)\/rec\/.*\babs-(\d{4})-(\d{4,5})(?=[./]|$)/i,
  /(?:^|^doi:?\s*|\/)(10\.\d{4,9}\/\S+?)(?:\/(?:full|fulltext|e?pdf|abstract|html|meta))?$/i,
  /\/(?:www\.)?(?:aclanthology\.(?:org|info)|(?:anthology\.)?aclweb\.org)\/(?:.*\/)?([^/]+?)(?:v\d+)?(?:\.(?:pdf|bib|endf|xml))?$/i,
];
const FORUM = /openreview\.net\/(?:forum|pdf|attachment|revisions)\?(?:.*&)?id=([\w-]+)/i;
const APOSTROPHE = /[‘’‛ʼ＇]|(?<=\p{L})´(?=\p{L})/gu;

function fold(text) {
  return folded(text.replace(MARKS, "").replace(APOSTROPHE, "'").normalize("NFKC")).replace(COMMAND, (_, name) => printed(PRINTED.get(name) ?? ""))
    .normalize("NFKD").replace(/(?<![^\sa-z])[\u0300-\u036f]+/g, "").normalize("NFKC").replace(/[\\$^{}'`]/g, "")
    .replace(/(?<=\p{L})(?:\++(?!\+)|[#♯])(?!\p{L})/gu, (sign) => sign[0] === "+" ? "plus".repeat(sign.length) : "sharp")
    .replace(/[^\p{L}\p{N}\p{Mn}\p{Mc}]+/gu, " ").trim();
}

// Without differences of case: ß is ss, and ς at the end of a word σ.
const folded = (text) => text.toLowerCase().replace(/[^\x00-\x7fı]/gu, (letter) => letter.toUpperCase().toLowerCase());

// A word of TeX ends behind what it prints, which the next letters would be part of.
const printed = (letters) => letters.length > 2 ? `${letters} ` : letters;

// What a question may be as an identifier, or as the address of one.
function spellingsOf(question) {
  const text = question.trim().replace(/^[<([{"'“‘«„`]+|[\s.,;:!/'">”’»`)\]}]+$/g, "");
  const path = text.replace(/[?#].*$/s, "").replace(/(?:%[\da-f]{2})+/gi, (codes) => {
    try {
      return decodeURIComponent(codes);
    } catch {
      return codes;
    }
  });
  const found = [...IDENTIFIERS.map((each) => each.exec(path)), FORUM.exec(text)].filter(Boolean);
  return new Set([question.trim(), ...found.map(([, ...parts]) => parts.join("."))].map((each) => each.toLowerCase()));
}

// What makes a title or name the same as another: what its letters say, or where it has none, its signs.
const keyOf = (name) => fold(name) || name.trim();

function wordsOf(text) {
  const found = [];
  for (const piece of text.replace(MARKS, "").split(/\s+/)) {
    const parts = fold(piece).split(" ").filter(Boolean);
    found.push(...parts);
    if (parts.length > 1 && !piece.includes("://")) found.push(parts.join(""));
  }
  return found;
}

// Optimal string alignment: how many letters are wrong, more than `most` where more are.
function slips(one, other, most) {
  if (Math.abs(one.length - other.length) > most) return most + 1;
  let before = [], last = Array.from({ length: other.length + 1 }, (_, i) => i);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1] ? 0 : 1;
      next[j] = Math.min(last[j] + 1, next[j - 1] + 1, last[j - 1] + same);
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) next[j] = Math.min(next[j], before[j - 2] + 1);
    }
    if (Math.min(...next) > most) return most + 1;
    [before, last] = [last, next];
  }
  return last[other.length];
}

function quality(word, known) {
  if (word === known) return 1;
  if ((word.length > 1 && known.startsWith(word)) || (known.includes(word) && UNPARTED.test(word))) return BEGINS;
  const allowed = word.length < SHORTEST || /\d/.test(word) ? 0 : word.length < 2 * SHORTEST ? 1 : 2;
  return allowed && slips(word, known, allowed) <= allowed ? SLIPPED : 0;
}

class Index {
  constructor(data) {
    this.things = data.things.map(([page, kind, title, note, facets, words], at) => ({ at, page, kind, title, note, facets, words }));
    this.texts = this.things.filter((thing) => thing.words.some((each) => each.length)).length;
    this.facets = data.facets;
    this.words = new Map();
    this.whole = new Map();
    this.identified = new Map();
    const add = (map, key, at) => (map.get(key) ?? map.set(key, new Set()).get(key)).add(at);
    for (const thing of this.things) {
      for (const start of ["", data.base]) add(this.identified, start + thing.page.replace(/\.html$/, ""), thing.at);
      thing.words.forEach((texts, place) => {
        const [field, worth] = data.fields[place];
        for (const text of texts) {
          if (field === "identifier") add(this.identified, text.toLowerCase(), thing.at);
          const isName = field === "title" || field === "name";
          if (isName) add(this.whole, keyOf(text), thing.at);
          const words = wordsOf(text);
          const weight = worth * (isName ? 0.5 + 0.5 / Math.sqrt(words.length || 1) : 1);
          for (const word of words) {
            const weights = this.words.get(word) ?? this.words.set(word, new Map()).get(word);
            weights.set(thing.at, Math.max(weights.get(thing.at) ?? 0, weight));
          }
        }
      });
    }
  }

  fitting(word) {
    const found = new Map();
    for (const [known, weights] of this.words) {
      const fit = quality(word, known);
      if (fit) for (const [at, weight] of weights) found.set(at, Math.max(found.get(at) ?? 0, fit * weight));
    }
    const rarity = Math.log(1 + this.texts / Math.max(1, found.size));
    for (const [at, worth] of found) found.set(at, worth * rarity);
    return found;
  }

  search(question) {
    const each = [...new Set(fold(question).split(" ").filter(Boolean))].map((word) => this.fitting(word));
    const scores = new Map();
    for (const at of new Set(each.flatMap((found) => [...found.keys()]))) {
      const missing = each.filter((found) => !found.has(at)).length;
      scores.set(at, each.reduce((sum, found) => sum + (found.get(at) ?? 0), 0) * MISSING ** missing);
    }
    for (const at of this.whole.get(keyOf(question)) ?? []) scores.set(at, (scores.get(at) ?? 0) * WHOLE);
    for (const spelling of spellingsOf(question)) for (const at of this.identified.get(spelling) ?? []) scores.set(at, (scores.get(at) ?? 0) + IDENTIFIED);
    for (const [at, score] of scores) scores.set(at, Math.round(score * 1000) / 1000);
    return [...scores].sort(([one, a], [other, b]) => b - a || one - other).map(([at]) => this.things[at]);
  }
}

const place = { form: "search", field: "q", facets: "facets", results: "results", count: "count", more: "more" };
for (const name in place) place[name] = document.getElementById(place[name]);
const KINDS = { paper: "paper", method: "method", artifact: "artifact", venue: "venue", concept: "concept", scheme: "scheme", list: "list", erratum: "erratum" };
let index, shown = PAGE, state = new URLSearchParams(location.search), late = 0;

const chosen = () => ({ words: state.get("q") ?? "", facets: new Map(index.facets.map(([facet]) => [facet, new Set(state.getAll(facet))])) });
const fits = (thing, facets, but) => [...facets].every(([facet, values]) => facet === but || !values.size || (thing.facets[facet] ?? []).some((value) => values.has(value)));

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) value === true ? made.setAttribute(key, "") : value !== false && made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function show() {
  const { words, facets } = chosen();
  const found = words.trim() ? index.search(words) : [...index.things];
  const fitting = found.filter((thing) => fits(thing, facets));
  place.count.textContent = `${fitting.length} ${fitting.length === 1 ? "thing" : "things"}${words.trim() ? ` for “${words.trim()}”` : ""}`;
  place.results.replaceChildren(...fitting.slice(0, shown).map((thing) => element("li", {},
    element("a", { href: thing.page, dir: "auto" }, thing.title), element("span", {}, element("span", { class: "tag" }, KINDS[thing.kind] ?? thing.kind), element("bdi", {}, thing.note)))));
  place.more.hidden = fitting.length <= shown;
  const open = new Map([...place.facets.querySelectorAll("details")].map((each) => [each.dataset.facet, each.open]));
  place.facets.replaceChildren(...index.facets.flatMap(([facet, heading]) => {
    const counts = new Map();
    for (const thing of found) if (fits(thing, facets, facet)) for (const value of thing.facets[facet] ?? []) counts.set(value, (counts.get(value) ?? 0) + 1);
    for (const value of facets.get(facet)) if (!counts.has(value)) counts.set(value, 0);
    if (!counts.size) return [];
    const order = facet === "year" ? ([a], [b]) => b.localeCompare(a) : ([a, m], [b, n]) => n - m || a.localeCompare(b);
    const labels = [...counts].sort(order).map(([value, count]) => {
      const box = element("input", { type: "checkbox", name: facet, value });
      box.checked = facets.get(facet).has(value);
      return element("label", {}, box, element("span", { dir: "auto" }, value), element("span", { class: "n" }, String(count)));
    });
    const isOpen = open.get(facet) ?? (facets.get(facet).size > 0 || facet === "kind" || facet === "stage");
    return [element("details", { open: isOpen, "data-facet": facet }, element("summary", {}, heading), ...labels)];
  }));
}

function write(how = "replaceState") {
  clearTimeout(late);
  const query = state.toString();
  if (query !== location.search.slice(1)) history[how](null, "", query ? `?${query}` : location.pathname);
}

// The address follows when somebody has typed: browsers take no more than some changes of it in a while.
function change(isTyping) {
  clearTimeout(late);
  if (isTyping) late = setTimeout(write, TYPED);
  else write("pushState");
  shown = PAGE;
  show();
}

async function start() {
  place.count.textContent = "Loading …";
  const answer = await fetch(new URL("search.json", document.currentScript?.src ?? script));
  index = new Index(await answer.json());
  place.field.value = chosen().words;
  place.field.addEventListener("input", () => {
    if (place.field.value) state.set("q", place.field.value);
    else state.delete("q");
    change(true);
  });
  place.form.addEventListener("submit", (event) => {
    event.preventDefault();
    write();
  });
  place.results.addEventListener("click", () => write());
  place.facets.addEventListener("change", (event) => {
    const { name, value, checked } = event.target;
    const values = state.getAll(name).filter((each) => each !== value);
    state.delete(name);
    for (const each of checked ? [...values, value] : values) state.append(name, each);
    change(false);
    const box = place.facets.querySelector(`input[name="${CSS.escape(name)}"][value="${CSS.escape(value)}"]`);
    (box ?? place.facets.querySelector(`[data-facet="${CSS.escape(name)}"] summary`) ?? place.field).focus();
  });
  place.more.addEventListener("click", () => {
    shown += PAGE;
    show();
    if (place.more.hidden) place.results.children[shown - PAGE].querySelector("a").focus();
  });
  addEventListener("popstate", () => {
    clearTimeout(late);
    state = new URLSearchParams(location.search);
    place.field.value = chosen().words;
    show();
  });
  show();
}
const script = document.currentScript.src;
start().catch(() => (place.count.textContent = "The index could not be read. Opened from a disk, a browser reads no files: run python3 -m http.server here."));
