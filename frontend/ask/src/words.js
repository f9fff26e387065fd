// SPARQL text as words, without parsing it; the same terminals as synthkg.graph.sparql.

const SKIPPED =
  `'''(?:[^'\\\\]|\\\\.|'(?!''))*(?:'''|$)|"""(?:[^"\\\\]|\\\\.|"(?!""))*(?:"""|$)` +
  `|'(?:[^'\\\\\\n\\r]|\\\\.)*'?|"(?:[^"\\\\\\n\\r]|\\\\.)*"?|<[^<>"{}|^\`\\\\\\x00-\\x20]*>|#[^\\n\\r]*|@[a-zA-Z]+[a-zA-Z0-9-]*`;
const OF_NAMES =
  "\\p{L}\\p{N}_\\u00b7\\u0300-\\u036f\\u200c\\u200d\\u203f\\u2040\\u2070-\\u218f\\u2c00-\\u2fef\\u3001-\\ud7ff" +
  "\\uf900-\\ufdcf\\ufdf0-\\ufffd\\u{10000}-\\u{effff}";
const ESCAPE = "\\\\[-_~.!$&'()*+,;=/?#@%]";
const token = () => new RegExp(`(?<skipped>${SKIPPED})|${ESCAPE}|[?$](?<variable>[${OF_NAMES}]+)`, "gsu");
const name = () =>
  new RegExp(`(?<![${OF_NAMES}.-])([${OF_NAMES}.-]*):(?:[${OF_NAMES}:%](?:[${OF_NAMES}:%-]|\\.+(?=[${OF_NAMES}:%-]))*)?`, "gu");

// The text with each variable replaced by what the function gives for its name; strings, IRIs and comments stay.
export function replaceVariables(text, replacement) {
  return text.replace(token(), (whole, ...rest) => {
    const { variable } = rest.at(-1);
    return variable === undefined ? whole : (replacement(variable) ?? whole);
  });
}

// What is escaped in a name is a part of it.
function blanked(text, keepVariables = false) {
  return text.replace(token(), (whole, ...rest) =>
    keepVariables && rest.at(-1).variable !== undefined ? whole : (whole[0] === "\\" ? "_" : " ").repeat(whole.length),
  );
}

// Keywords and brackets, in place.
const outline = (text) => blanked(text).replace(name(), (whole) => " ".repeat(whole.length));
const STAR = /^[^{]*?\bSELECT\s*(?:DISTINCT|REDUCED)?\s*\*/i;
const bare = (prefix) => prefix.replace(/^[\d.-]+/, ""); // a number or the end of a triple may stand right before a name
const declaredIn = (words) => new Set([...words.matchAll(/\bPREFIX\s+([^\s:]*):/gi)].map((match) => match[1]));

// Whether the query says itself of which graphs it asks; else it asks the union of all. FROM:g is a name if it is declared.
export function namesGraphs(text) {
  const words = blanked(text);
  const declared = declaredIn(words);
  const left = words.replace(name(), (whole, prefix) => (declared.has(bare(prefix)) ? " " : prefix));
  return /FROM/i.test(left);
}

// SELECT, ASK, CONSTRUCT or DESCRIBE: the first of these words.
export function formOf(text) {
  const words = blanked(text).replace(name(), " ");
  return /\b(SELECT|ASK|CONSTRUCT|DESCRIBE)\b/i.exec(words)?.[1].toUpperCase() ?? "";
}

const CHANGES = /^(?:\s|\b(?:PREFIX|BASE)\b)*(?:INSERT|DELETE|LOAD|CLEAR|CREATE|DROP|COPY|MOVE|ADD|WITH)\b/i;

// Whether the text is an update, which no query is.
export const isUpdate = (text) => CHANGES.test(outline(text));

// The query with these columns, in the order in which it names them, for the * that it selects.
export function spelledOut(text, columns) {
  const star = STAR.exec(outline(text))?.[0].length;
  if (!star || !columns.length) return text;
  const named = [...text.matchAll(token())].map((match) => match.groups.variable);
  const place = (column) => (named.includes(column) ? named.indexOf(column) : named.length);
  const ordered = [...columns].sort((one, other) => place(one) - place(other)).map((column) => ` ?${column}`);
  return `${text.slice(0, star - 1)}${ordered.join("")} ${text.slice(star)}`;
}

export const showsAll = (text) => STAR.test(outline(text));

// PREFIX lines for the known prefixes that the text uses and does not declare.
export function missingPrefixes(text, known) {
  const outline = blanked(text);
  const declared = declaredIn(outline);
  const used = new Set([...outline.matchAll(name())].map((match) => bare(match[1])));
  return [...used].filter((prefix) => !declared.has(prefix) && Object.hasOwn(known, prefix)).sort();
}

// Whether values are subtracted or divided in a chain without parentheses: `a - b - c`, `a / b / c`. Between names "/" is a path.
export function hasChain(text) {
  const found = [];
  const words = blanked(text, true).matchAll(/[?$][\p{L}\p{N}_]+|[\d.]+|[()]|[-+*/]|\S/gu);
  const open = [{ operators: 0 }];
  let before = "";
  for (const [word] of words) {
    const level = open.at(-1);
    const isValue = /^[?$\d)]/.test(before);
    if (word === "(") open.push({ operators: 0 });
    else if (word === ")" && open.length > 1) open.pop();
    else if ((word === "-" || word === "/") && isValue) level.operators += 1;
    else if ((word === "+" || word === "*") && isValue) level.operators += level.operators ? 1 : 0;
    else if (!/^[?$\d]/.test(word)) level.operators = 0;
    if (open.at(-1).operators > 1) found.push(word);
    before = word;
  }
  return found.length > 0;
}
