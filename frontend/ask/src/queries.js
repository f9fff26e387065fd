// Saved queries: their parameters become RDF terms, as synthkg.graph.queries does it.
import { quoted } from "./answers.js";
import { replaceVariables } from "./words.js";

const XSD = "http://www.w3.org/2001/XMLSchema#";

// The SPARQL text with a term for every parameter. Throws an Error that names the value that is wrong.
export function bind(query, values, base) {
  const terms = {};
  for (const parameter of query.parameters) {
    const value = values[parameter.name] ?? parameter.default;
    if (value === undefined || value === null || (value === "" && parameter.base)) throw new Error(`${query.name} needs a ${parameter.name}`);
    terms[parameter.variable] = term(parameter, value, base);
  }
  return replaceVariables(query.sparql, (variable) => (Object.hasOwn(terms, variable) ? terms[variable] : undefined));
}

// Says of a value that the graph does not have which there are, or nothing.
export function unknown(parameter, value, base) {
  const { name, choices } = parameter;
  const start = parameter.base ? `${base}${parameter.base}/` : "";
  const short = value.startsWith(start) ? value.slice(start.length) : value;
  if (choices.includes(short) || (!choices.length && !start)) return "";
  return `There is no ${name} "${short}"; ${choices.length ? near(short, choices) : "this graph has none"}`;
}

// Whether one path of names, between dots, begins with the other.
export function isPart(one, other) {
  return `${one}.`.startsWith(`${other}.`) || `${other}.`.startsWith(`${one}.`);
}

const MOST_NAMED = 10;

function near(word, known) {
  const weighed = known.map((each) => [likeness(word.toLowerCase(), each.toLowerCase()), each]);
  const [best, found] = weighed.reduce((one, other) => (other[0] > one[0] ? other : one));
  if (best >= 0.6) return `did you mean "${found}"?`;
  const more = known.length > MOST_NAMED ? `, … (${known.length} in all)` : "";
  return `there are ${known.slice(0, MOST_NAMED).join(", ")}${more}`;
}

// Twice the letters that both have in the same order, of all that they have.
function likeness(one, other) {
  let row = new Array(other.length + 1).fill(0);
  for (const letter of one) {
    const last = row;
    row = [0];
    for (let n = 0; n < other.length; n++) row.push(letter === other[n] ? last[n] + 1 : Math.max(last[n + 1], row[n]));
  }
  return (2 * row.at(-1)) / (one.length + other.length);
}

function term(parameter, value, base) {
  const { name, type } = parameter;
  if (parameter.values.length && !parameter.values.includes(value)) {
    throw new Error(`"${value}" is no ${name}; there are ${parameter.values.join(", ")}`);
  }
  if (type === "iri") {
    const iri = !parameter.base || value.startsWith(base) ? value : `${base}${parameter.base}/${value}`;
    if (/[\x00-\x20<>"{}|^`\\]/.test(iri) || !/^[A-Za-z][A-Za-z0-9+.-]*:/.test(iri)) {
      throw new Error(unknown(parameter, value, base) || `"${value}" is no ${name}: no IRI can have it`);
    }
    return `<${iri}>`;
  }
  if (type === "integer" || type === "number") {
    if (!(type === "integer" ? /^[+-]?[0-9]+$/ : /^[+-]?[0-9]+(\.[0-9]+)?$/).test(value)) {
      throw new Error(`"${value}" is no ${name}: give ${type === "integer" ? "an integer" : "a number"}`);
    }
    return `"${value}"^^<${XSD}${value.includes(".") ? "decimal" : "integer"}>`;
  }
  if (/\p{Cs}/u.test(value)) throw new Error(`"${value}" is no ${name}: it is not UTF-8`);
  const text = written(value);
  return type.startsWith("xsd_") && type !== "xsd_string" ? `${text}^^<${XSD}${type.slice(4)}>` : text;
}

// A literal in N-Triples; a backslash before a "u" must look like no code point's escape.
function written(value) {
  const escape = (character) => `\\\\\\U${character.codePointAt(0).toString(16).padStart(8, "0")}`;
  return quoted(value).replace(/\\\\([uU])|\\./gs, (whole, u) => (u ? escape(u) : whole));
}

// The rows with the values of each column that holds several in their order, which engines do not agree about.
export function arranged(table, several) {
  const places = table.columns.map((name) => several.includes(name));
  if (!places.includes(true)) return table;
  const sorted = (cell) => {
    if (cell?.type !== "literal") return cell;
    const values = [...new Set(cell.value.split(" | ").filter(Boolean))].sort(byCodePoint);
    return values.length ? { type: "literal", value: values.join(" | ") } : null;
  };
  return { ...table, rows: table.rows.map((row) => row.map((cell, n) => (places[n] ? sorted(cell) : cell))) };
}

function byCodePoint(one, other) {
  const [a, b] = [Array.from(one), Array.from(other)];
  for (let n = 0; n < Math.min(a.length, b.length); n++) {
    if (a[n] !== b[n]) return a[n].codePointAt(0) - b[n].codePointAt(0);
  }
  return a.length - b.length;
}
