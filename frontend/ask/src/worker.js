// The engine, in a thread of its own that the page can end whatever it does.
import init, { Store } from "oxigraph/web.js";
import { formOf, namesGraphs, showsAll, spelledOut } from "./words.js";

const CHUNK = 65536; // a graph that is given whole, or without a transaction, takes up to twelve times the memory
let store, empty;

onmessage = async ({ data: message }) => {
  try {
    postMessage("module" in message ? await load(message) : answer(message.query));
  } catch (error) {
    // After a trap nothing in the engine's memory can be relied on.
    const isBroken = error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
    postMessage({ isBroken, error: isBroken ? "the engine broke down: the query is too deep or takes too much memory" : String(error?.message ?? error) });
  }
};

async function load({ module, data }) {
  await init({ module_or_path: module });
  store = new Store();
  empty = new Store();
  store.load(pieces(data), { format: "application/trig" });
  // Oxigraph before 0.5.12 takes a - b - c for a - (b - c).
  const [row] = store.query("SELECT (10 - 3 - 2 AS ?x) {}");
  return { size: store.size, isChainWrong: row.get("x").value !== "5" };
}

function* pieces(bytes) {
  for (let start = 0; start < bytes.length; start += CHUNK) yield bytes.subarray(start, start + CHUNK);
}

function answer(query) {
  const isGraph = ["CONSTRUCT", "DESCRIBE"].includes(formOf(query));
  const text = store.query(withColumns(query), {
    results_format: isGraph ? "text/turtle" : "json",
    use_default_graph_as_union: !namesGraphs(query),
  });
  return isGraph ? { turtle: text } : { json: text };
}

// The columns of SELECT *, which Oxigraph gives by the alphabet, in the order in which the query names them.
function withColumns(query) {
  if (!showsAll(query)) return query;
  return spelledOut(query, JSON.parse(empty.query(query, { results_format: "json" })).head.vars);
}
