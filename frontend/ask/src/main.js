// The page: reads what is asked, has it answered, shows the answer. Its state is in the address.
import { isEmpty, readTable, toCsv, toJson, toPage, toTsv } from "./answers.js";
import { calls } from "./calls.js";
import { Editor } from "./editor.js";
import { Endpoint, InPage, Stopped } from "./engines.js";
import { fillMenu, readFields, showFields } from "./forms.js";
import { arranged, bind, isPart, unknown } from "./queries.js";
import { pageOf, showTable } from "./table.js";
import { hasChain, isUpdate } from "./words.js";

export { bind, calls, hasChain, pageOf };

const byId = (id) => document.getElementById(id);
const page = byId("ask");
const settings = { base: page.dataset.base, site: page.dataset.site ?? "" };
const SAMPLE = `# The papers, and in which version to cite them
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX synthkg: <${settings.base}ontology#>

SELECT ?paper ?title ?version
WHERE {
  ?paper a synthkg:Paper ; dcterms:title ?title ; synthkg:citedVersion ?version .
}
ORDER BY ?title
`;
const MOST = 1_000_000; // characters of an answer on the page, of which a browser shows some three million in a second
const WRITERS = { csv: toCsv, tsv: toTsv, json: toJson };
const TYPES = { csv: "text/csv", tsv: "text/tab-separated-values", json: "application/sparql-results+json", ttl: "text/turtle", md: "text/markdown" };
const NAMES = { ttl: "Turtle", md: "Markdown" };

const read = async (name) => (await fetch(new URL(name, import.meta.url))).json();
const [menu, vocabulary] = await Promise.all([read("saved.json"), read("terms.json")]);
const saved = new Map(); // name -> what was read of a saved query
Object.assign(settings, { prefixes: vocabulary.prefixes, documents: vocabulary.documents });

const inPage = new InPage((bytes) => {
  byId("progress").value = bytes;
  say(`Loading the graph: ${(bytes / 1e6).toFixed(1)} of ${(byId("progress").max / 1e6).toFixed(1)} MB`);
});
let running = null; // the engine that is answering
let ended = null; // promises that it has
let answer = null; // the last one: {table}, perhaps with the {page} that its rows make, or {text} with the form and the text of its {file}
let asked = null; // {name, values, text} of the saved query in the fields
let refused = null; // {text, why}: what stands in the editor while the fields have a wrong value
let download = "";
let turn = 0; // of choosing: who is slower than the next one is late

export const editor = new Editor(byId("editor"), vocabulary, "Query (SPARQL 1.1)", () => run());
fillMenu(byId("saved"), menu);
byId("saved").addEventListener("change", () => choose(byId("saved").value, {}));
byId("form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (page.getAttribute("aria-busy") !== "true") run();
});
byId("stop").addEventListener("click", () => running?.stop());
byId("engine").addEventListener("change", showEngine);
byId("endpoint").addEventListener("change", showCalls);
byId("copy").addEventListener("click", copyAddress);
for (const field of document.querySelectorAll("[name=form]")) field.addEventListener("change", showAnswer);
for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", () => copy(byId(button.dataset.copy).textContent, button));
}
// Whoever comes to the form will want the engine; whoever only looks at the page should not pay for it.
page.addEventListener("focusin", () => byId("engine").value === "page" && inPage.load().then(ready, () => {}), { once: true });
addEventListener("hashchange", () => isPlace() || readAddress());
editor.onChange(showCalls);
showEngine();
showCalls();
byId("asleep").remove();
page.dataset.ready = "";
readAddress();

// Reads a saved query: its text, and the values that its parameters can take. Each is read when somebody wants it.
async function query(name) {
  if (!saved.has(name)) saved.set(name, await read(`saved/${name}.json`));
  return saved.get(name);
}

async function choose(name, values) {
  const mine = ++turn;
  asked = refused = null;
  byId("saved").value = name;
  let chosen;
  busy(true);
  try {
    chosen = name ? await query(name) : undefined;
  } catch {
    if (mine === turn) trouble(`The saved query "${name}" could not be read.`);
    return;
  } finally {
    if (mine === turn) busy(running !== null);
  }
  if (mine !== turn) return;
  byId("about").textContent = chosen ? `${chosen.summary} ${chosen.description}`.trim() : "";
  showFields(byId("parameters"), chosen, values, fill);
  if (!chosen) return;
  fill(readFields(byId("parameters")));
  const known = chosen.parameters.map((parameter) => parameter.name);
  const other = Object.keys(values).find((each) => !known.includes(each));
  if (other !== undefined) refuse(`${name} has no parameter "${other}"; it takes ${known.join(", ") || "none"}`);
}

// Puts the saved query with these values into the editor.
function fill(values) {
  const chosen = saved.get(byId("saved").value);
  try {
    const text = bind(chosen, values, settings.base);
    asked = { name: chosen.name, values, text };
    editor.text = text;
    refuse(unknownOf(false));
  } catch (error) {
    asked = null;
    refuse(error.message);
  }
}

function refuse(why) {
  refused = why ? { text: editor.text, why } : null;
  trouble(why);
}

// Says which value of the saved query in the editor the graph does not have: of parameters that take a part of one, or of others.
function unknownOf(isPartial) {
  const { name, values } = standing() ?? {};
  const parameters = (saved.get(name)?.parameters ?? []).filter((parameter) => parameter.partial === isPartial);
  return parameters.map((each) => unknown(each, values[each.name] ?? each.default, settings.base)).find(Boolean) ?? "";
}

// Says which value another saved query does not list, where the other parameters have theirs; it is asked where this one was.
async function unlisted() {
  const { name, values } = standing() ?? {};
  for (const each of (saved.get(name)?.parameters ?? []).filter(({ listed }) => listed)) {
    const given = await running.answer(bind(await query(each.listed), values, settings.base));
    const { columns, rows } = readTable(JSON.parse(given.json));
    const known = rows.map((row) => row[columns.indexOf(each.name)]?.value ?? "").filter(Boolean);
    const value = values[each.name];
    if (!known.some((one) => one === value || (each.partial && isPart(one, value)))) return unknown({ ...each, choices: known }, value, settings.base);
  }
  return "";
}

// The saved query that stands in the editor as it is, or null where somebody changed it.
function standing() {
  return asked && editor.text === asked.text ? asked : null;
}

// Each question that is asked is a place in the history; one that comes from the address is there already.
export async function run(isThere = false) {
  if (running) return;
  if (refused?.text === editor.text) return trouble(refused.why);
  if (isUpdate(editor.text)) return trouble("This is an update, and a query changes nothing.");
  trouble("");
  warn("");
  const declared = standing() ? [] : editor.declarePrefixes();
  const text = editor.text;
  if (address() !== location.hash) history[isThere ? "replaceState" : "pushState"](null, "", address());
  const remote = byId("engine").value === "endpoint";
  if (remote && !byId("endpoint").value.trim()) return trouble("Give the address of the endpoint.");
  if (remote && !endpointAddress()) return trouble("This is no address.");
  running = remote ? new Endpoint(endpointAddress()) : inPage;
  ended = ask(text, declared);
  await ended;
}

async function ask(text, declared) {
  busy(true);
  try {
    if (running === inPage) await inPage.load();
    say("Asking …");
    const started = performance.now();
    const given = await running.answer(text);
    const milliseconds = performance.now() - started;
    const why = isEmpty(given) ? unknownOf(true) || (await unlisted()) : "";
    show(given, milliseconds, declared, why);
    if (running.isChainWrong && hasChain(text)) {
      warn("This query subtracts or divides in a chain (a - b - c), which the engine of this page groups from the right. Put parentheses: (a - b) - c.");
    }
  } catch (error) {
    fail(error);
  } finally {
    running = null;
    busy(false);
  }
}

function show(given, milliseconds, declared, why) {
  const took = `in ${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;
  const added = declared.length ? `; PREFIX lines added for ${declared.join(", ")}` : "";
  if (given.turtle !== undefined) {
    answer = { text: given.turtle, form: "ttl", file: given.turtle };
    say(`Triples ${took}${added}`);
  } else {
    const json = JSON.parse(given.json);
    if ("boolean" in json) {
      answer = { text: json.boolean ? "yes\n" : "no\n", form: "json", file: `{"head": {}, "boolean": ${json.boolean}}\n` };
      say(`${json.boolean ? "Yes" : "No"}, ${took}${added}`);
    } else {
      const query = saved.get(standing()?.name);
      answer = { table: arranged(readTable(json), query?.multivalued ?? []) };
      if (query?.isPage) answer.page = toPage(answer.table);
      const count = answer.table.rows.length;
      say(`${count} row${count === 1 ? "" : "s"} ${took}${added}`);
      warn(why);
    }
  }
  showAnswer();
}

function showAnswer() {
  byId("answer").hidden = false;
  byId("forms").hidden = !answer.table;
  const form = answer.table ? document.querySelector("[name=form]:checked").value : answer.form;
  const isPage = form === "table" && answer.page !== undefined;
  const ending = isPage ? "md" : form === "table" ? "csv" : form;
  const file = isPage ? answer.page : answer.table ? WRITERS[ending](answer.table) : answer.file;
  document.querySelector("[name=form]").nextSibling.data = answer.page === undefined ? " table" : " page";
  if (form === "table" && !isPage) {
    showTable(byId("rows"), answer.table, settings);
  } else {
    showText(answer.text ?? file);
  }
  URL.revokeObjectURL(download);
  download = URL.createObjectURL(new Blob([file], { type: TYPES[ending] }));
  const name = standing()?.name ?? "answer";
  byId("download").href = download;
  byId("download").download = `${name}.${ending}`;
  byId("download").textContent = `Download ${NAMES[ending] ?? ending.toUpperCase()}`;
}

function showText(text) {
  const shown = document.createElement("pre");
  shown.tabIndex = 0;
  shown.textContent = text.length > MOST ? text.slice(0, text.lastIndexOf("\n", MOST) + 1 || MOST) : text;
  byId("rows").replaceChildren(shown);
  if (shown.textContent.length === text.length) return;
  const rest = document.createElement("p");
  rest.textContent = `These are the first ${shown.textContent.length} of ${text.length} characters; the download has all.`;
  byId("rows").append(rest);
}

function fail(error) {
  if (error instanceof Stopped) return trouble("Stopped. There is no answer: the query was ended before it had one.");
  const place = /\bat (\d+):(\d+)(?:-\d+:\d+)?:? ?(.*)/s.exec(error.message);
  if (!place) return trouble(error.message);
  const [, line, column, expected] = place;
  // Words that may stand there, classes of letters, and sentences that say what is wrong.
  const words = expected.replace(/^expected( one of)?/, "").replace(/\[(?:'[^']*'|[^'\]])*\]/g, "").split(", ");
  const listed = words.map((word) => word.trim()).filter(Boolean);
  const short = expected.includes("Prefix not found")
    ? "a prefix without its PREFIX line"
    : (listed.find((word) => word.includes(" ")) ??
      `not SPARQL from here on${listed.length ? `; expected ${listed.slice(0, 6).join(" or ")}` : ""}`);
  editor.mark(Number(line), Number(column));
  trouble(`Line ${line}, column ${column}: ${short}`, () => {
    editor.mark(Number(line), Number(column));
    editor.focus();
  });
}

// What was asked has no answer, so none stands there, least of all that to another question.
function trouble(text, go) {
  byId("trouble").replaceChildren(text);
  byId("trouble").hidden = !text;
  if (text) {
    say("");
    warn("");
    byId("answer").hidden = true;
  }
  if (!go) return;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Go there";
  button.addEventListener("click", go);
  byId("trouble").append(" ", button);
}

function warn(text) {
  byId("warning").textContent = text;
  byId("warning").hidden = !text;
}

function say(text) {
  byId("status").textContent = text;
}

function ready() {
  byId("progress").hidden = true;
  if (!running) say("The graph is loaded.");
}

function busy(isBusy) {
  // A button that is disabled loses the focus, and whoever has no mouse the place.
  byId("run").setAttribute("aria-disabled", String(isBusy));
  byId("stop").setAttribute("aria-disabled", String(!isBusy));
  page.setAttribute("aria-busy", String(isBusy));
  byId("progress").hidden = !isBusy || byId("engine").value !== "page" || byId("progress").value >= byId("progress").max;
}

function showEngine() {
  byId("remote").hidden = byId("engine").value !== "endpoint";
  showCalls();
}

// The whole address of the endpoint that is chosen, or nothing.
function endpointAddress() {
  const given = byId("endpoint").value.trim();
  if (byId("engine").value !== "endpoint" || !given) return "";
  try {
    return new URL(given, location.href).href;
  } catch {
    return "";
  }
}

function showCalls() {
  const all = calls(editor.text, standing(), page.dataset.endpoint, endpointAddress());
  for (const [name, text] of Object.entries(all)) byId(`call-${name}`).textContent = text;
}

// The fragment that brings back what stands in the editor.
function address() {
  const stands = standing();
  return `#${new URLSearchParams(stands ? { saved: stands.name, ...stands.values } : { query: editor.text })}`;
}

function said() {
  return Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
}

// Whether the address leads to a place on the page, as "Skip to the content" does: then it asks nothing, and nothing is stopped.
function isPlace() {
  const { query: text, saved: name } = said();
  return location.hash !== "" && text === undefined && name === undefined;
}

async function readAddress() {
  if (running) {
    running.stop();
    await ended;
  }
  const { query: text, saved: name, ...values } = said();
  if (name !== undefined) {
    if (!menu.some(([known]) => known === name)) return trouble(`There is no saved query "${name}".`);
    await choose(name, values);
    if (asked || refused) run(true);
  } else if (text !== undefined) {
    await choose("", {});
    editor.text = text;
    run(true);
  } else {
    await choose("", {});
    editor.text = SAMPLE;
    byId("answer").hidden = true;
    for (const tell of [trouble, warn, say]) tell("");
  }
}

function copyAddress() {
  copy(new URL(address(), location.href).href, byId("copy"));
}

async function copy(text, button) {
  const before = button.textContent;
  await navigator.clipboard.writeText(text).then(
    () => (button.textContent = "Copied"),
    () => (button.textContent = "Not allowed: select and copy"),
  );
  setTimeout(() => (button.textContent = before), 2000);
}
