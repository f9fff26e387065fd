// Rows as an HTML table: text as text, and only http(s) addresses as links.

const FIRST = 1000; // rows; as many more on demand, since a browser takes minutes over a hundred thousand

export function showTable(place, { columns, rows }, settings) {
  const table = document.createElement("table");
  const head = table.createTHead().insertRow();
  for (const name of columns) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = name;
    head.append(cell);
  }
  const body = table.createTBody();
  const add = () => {
    for (const row of rows.slice(body.rows.length, body.rows.length + FIRST)) {
      const line = body.insertRow();
      for (const term of row) fill(line.insertCell(), term, settings);
    }
    return rows.length - body.rows.length;
  };
  let left = add();
  const wide = document.createElement("div");
  wide.className = "wide";
  wide.tabIndex = 0; // what can be scrolled can be reached with the keyboard
  wide.setAttribute("role", "region");
  wide.setAttribute("aria-label", "Rows");
  wide.append(table);
  place.replaceChildren(wide);
  if (!left) return;
  const more = document.createElement("button");
  const tell = () => (more.textContent = left > FIRST ? `Show ${FIRST} of ${left} more rows` : `Show the other ${left} rows`);
  more.type = "button";
  tell();
  more.addEventListener("click", () => {
    left = add();
    if (left) return tell();
    more.remove();
    wide.focus();
  });
  place.append(more);
}

function fill(cell, term, settings) {
  if (!term) return;
  cell.dir = term["its:dir"] ?? "auto"; // text of anybody turns nothing that stands beside it
  if (term["xml:lang"]) cell.lang = term["xml:lang"];
  const address = term.type === "uri" ? pageOf(term.value, settings) : term.value;
  if (/^https?:\/\/\S+$/.test(term.value) && address) {
    const link = document.createElement("a");
    link.href = address;
    link.textContent = shortened(term.value, settings.prefixes);
    cell.append(link);
  } else {
    cell.textContent = term.type === "bnode" ? `_:${term.value}` : term.value;
  }
}

function shortened(iri, prefixes) {
  const found = Object.entries(prefixes)
    .filter(([, space]) => iri.startsWith(space) && /^[\w-]+$/.test(iri.slice(space.length)))
    .sort((one, other) => other[1].length - one[1].length)[0];
  return found ? `${found[0]}:${iri.slice(found[1].length)}` : iri;
}

// Where a thing has its page: in the site around this page if there is one, as synthkg.giving.addresses finds it, else what its
// IRI says. `documents` is the table of both: [pattern, document, whether its things have parts].
export function pageOf(iri, { base, site, documents }) {
  if (!site || !iri.startsWith(base)) return iri;
  const [path, name = ""] = iri.slice(base.length).split("#");
  for (const [pattern, document, hasParts] of documents) {
    const found = new RegExp(`^(?:${pattern})${hasParts ? "(?:/(?<part>[A-Za-z0-9._~/-]+))?" : "(?<part>)"}$`).exec(path);
    if (!found) continue;
    const place = [found.groups.part, name].filter(Boolean).join("/");
    return `${site}${document.replace(/\$(\d)/g, (_, group) => found[group])}.html${place && `#${encodeURI(place)}`}`;
  }
  return iri;
}
