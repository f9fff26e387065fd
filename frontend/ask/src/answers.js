// Answers: SPARQL 1.1 JSON becomes rows, and rows become the CSV, TSV and JSON that the command line prints.

const XSD_STRING = "http://www.w3.org/2001/XMLSchema#string";

export function readTable(json) {
  const columns = json.head.vars;
  const rows = json.results.bindings.map((binding) => columns.map((name) => plain(binding[name], name)));
  return { columns, rows };
}

// Whether an engine gave a table without a row.
export function isEmpty({ json }) {
  return json !== undefined && JSON.parse(json).results?.bindings.length === 0;
}

function plain(term, name) {
  if (!term) return null;
  if (term.type === "triple") throw new Error(`?${name} is a triple term (RDF 1.2) in some row; ask for SUBJECT(?${name}) and so on`);
  const { datatype, ...rest } = term;
  if (term.type === "typed-literal") rest.type = "literal";
  return datatype && datatype !== XSD_STRING ? { ...rest, datatype } : rest;
}

const textOf = (term) => (term.type === "bnode" ? `_:${term.value}` : term.value);

// The page whose pieces the rows are; see synthkg.model.controls for what is escaped in it.
export function toPage({ rows }) {
  const text = rows.map(([cell]) => cell?.value ?? "").join("");
  return text.replace(/\u241b([0-9A-F]{1,4})\u241b/g, (_, code) => String.fromCharCode(parseInt(code, 16)));
}

export function toCsv({ columns, rows }) {
  const field = (text) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const line = (cells) => (cells.length === 1 && cells[0] === "" ? '""' : cells.map(field).join(","));
  return [columns, ...rows.map((row) => row.map((cell) => (cell ? textOf(cell) : "")))].map((cells) => `${line(cells)}\n`).join("");
}

export function toTsv({ columns, rows }) {
  const lines = rows.map((row) => row.map((cell) => (cell ? inNTriples(cell) : "")).join("\t"));
  return [columns.map((name) => `?${name}`).join("\t"), ...lines].map((line) => `${line}\n`).join("");
}

// A text as canonical N-Triples has it.
export function quoted(text) {
  const named = { "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\" };
  const code = (character) => `\\u${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
  return `"${text.replace(/[\x00-\x1f\x7f"\\\ufffe\uffff]/g, (character) => named[character] ?? code(character))}"`;
}

function inNTriples(term) {
  if (term.type === "uri") return `<${term.value}>`;
  if (term.type === "bnode") return `_:${term.value}`;
  const text = quoted(term.value);
  if (term["xml:lang"]) return `${text}@${term["xml:lang"]}${term["its:dir"] ? `--${term["its:dir"]}` : ""}`;
  return term.datatype ? `${text}^^<${term.datatype}>` : text;
}

export function toJson({ columns, rows }) {
  const bindings = rows.map((row) =>
    Object.fromEntries(columns.map((name, n) => [name, row[n]]).filter(([, cell]) => cell !== null)),
  );
  return `${JSON.stringify({ head: { vars: columns }, results: { bindings } }, null, 2)}\n`;
}
