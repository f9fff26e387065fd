// SPARQL text as words, without parsing it; the same terminals as synthkg.graph.sparql.

const SKIPPED =
  `'''(?:[^'\\\\]|\\\\.|'(?!''))*(?:'''|$)|"""(?:[^"\\\\]|\\\\.|"(?!""))*(?:"""|$)` +
  `|'(?:[^'\\\\\\n\\r]|\\\\.)*'?|"(?:[^"\\\\\\n\\r]|\\\\.)*"?|<[^<>"{}|^\`\\\\\\x00-\\x20]*>|#[^\\n\\r]*`;
const token = () => new RegExp(`(?<skipped>${SKIPPED})|[?$](?<variable>[\\p{L}\\p{N}_]+)`, "gsu");

// The text with each variable replaced by what the function gives for its name; strings, IRIs and comments stay.
export function replaceVariables(text, replacement) {
  return text.replace(token(), (whole, ...rest) => {
    const { variable } = rest.at(-1);
    return variable === undefined ? whole : (replacement(variable) ?? whole);
  });
}

function blanked(text, keepVariables = false) {
  return text.replace(token(), (whole, ...rest) =>
    keepVariables && rest.at(-1).variable !== undefined ? whole : " ".repeat(whole.length),
  );
}

export function mentions(text, keyword) {
  return new RegExp(`(?<![\\w:%\\\\-])${keyword}(?![\\w-])`, "i").test(blanked(text));
}

// Whether the query says itself of which graphs it asks; else it asks the union of all.
export function namesGraphs(text) {
  return mentions(text, "FROM");
}

// SELECT, ASK, CONSTRUCT or DESCRIBE: the first of these words.
export function formOf(text) {
  const names = /(?<![\w.-])[\w.-]*:[\w.%:-]*/g;
  const words = blanked(text).replace(names, (whole) => " ".repeat(whole.length));
  return /\b(SELECT|ASK|CONSTRUCT|DESCRIBE)\b/i.exec(words)?.[1].toUpperCase() ?? "";
}

// PREFIX lines for the known prefixes that the text uses and does not declare.
export function missingPrefixes(text, known) {
  const outline = blanked(text);
  const declared = new Set([...outline.matchAll(/\bPREFIX\s+([\w.-]*):/gi)].map((match) => match[1]));
  const used = new Set([...outline.matchAll(/(?<![\w.?$:-])([A-Za-z][\w.-]*):/g)].map((match) => match[1]));
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
