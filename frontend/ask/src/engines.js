// Two engines with one surface: `answer(query)` promises {json} or {turtle}, or fails with an Error; `stop()` ends it.
import { decompress } from "fzstd";
import { formOf } from "./words.js";

const ZSTANDARD = [0x28, 0xb5, 0x2f, 0xfd]; // how a frame begins, RFC 8878

export class Stopped extends Error {}

// The dump, in this page. What is loaded is kept, so that an engine that was ended is soon there again.
export class InPage {
  #worker = null;
  #ready = null;
  #kept = null;
  #settle = null;
  isChainWrong = false;

  constructor(progress) {
    this.progress = progress;
  }

  // Promises the number of triples.
  load() {
    if (this.#ready) return this.#ready;
    const ready = this.#start();
    this.#ready = ready;
    ready.catch(() => {
      if (this.#ready === ready) this.#ready = null;
    });
    return ready;
  }

  async #start() {
    this.#kept ??= this.#fetched().catch((error) => {
      this.#kept = null;
      throw error;
    });
    const stopped = new Promise((_, reject) => (this.#settle = { reject }));
    const kept = await Promise.race([this.#kept, stopped]);
    this.#worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
    const { size, isChainWrong } = await this.#say(kept);
    this.isChainWrong = isChainWrong;
    return size;
  }

  async #fetched() {
    const got = [0, 0];
    const counted = (n) => (bytes) => {
      got[n] = bytes;
      this.progress(got[0] + got[1]);
    };
    const [module, data] = await Promise.all([
      unpacked("oxigraph.wasm.zst", counted(0)).then((bytes) => WebAssembly.compile(bytes)),
      unpacked("data.trig.zst", counted(1)),
    ]);
    return { module, data };
  }

  #say(message) {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#worker.onmessage = ({ data }) => {
        if (!("error" in data)) return resolve(data);
        reject(new Error(data.error));
        if (data.isBroken) this.stop();
      };
      this.#worker.onerror = (event) => {
        reject(new Error(event.message || "the engine broke down"));
        this.stop();
      };
      this.#worker.postMessage(message);
    });
  }

  async answer(query) {
    await this.load();
    return this.#say({ query });
  }

  stop() {
    this.#worker?.terminate();
    this.#worker = null;
    this.#ready = null;
    this.#settle?.reject(new Stopped());
    if (this.#kept) this.load().catch(() => {});
  }
}

// What a packed file holds; `count` is told how many bytes have come.
async function unpacked(name, count) {
  const response = await fetch(new URL(name, import.meta.url));
  if (!response.ok) throw new Error(`${name}: the server answers ${response.status}`);
  const reader = response.body.getReader();
  const pieces = [];
  let length = 0;
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    pieces.push(read.value);
    count((length += read.value.length));
  }
  const bytes = new Uint8Array(await new Blob(pieces).arrayBuffer());
  // A server that says Content-Encoding has had it unpacked already.
  if (!ZSTANDARD.every((byte, n) => bytes[n] === byte)) return bytes;
  try {
    return decompress(bytes); // as a stream it takes half as long again
  } catch (error) {
    throw new Error(`${name} came damaged or in part (${error.message}); load the page again`);
  }
}

// Whether a text is rows, or yes or no: https://www.w3.org/TR/sparql11-results-json/.
function isResults(text) {
  try {
    const { head, results, boolean } = JSON.parse(text);
    return typeof boolean === "boolean" || (Array.isArray(head.vars) && Array.isArray(results.bindings));
  } catch {
    return false;
  }
}

// A server that speaks the SPARQL 1.1 Protocol.
export class Endpoint {
  #control = null;
  isChainWrong = false;

  constructor(address) {
    this.address = address;
  }

  async answer(query) {
    this.#control = new AbortController();
    const isGraph = ["CONSTRUCT", "DESCRIBE"].includes(formOf(query));
    const request = {
      method: "POST",
      headers: { Accept: isGraph ? "text/turtle" : "application/sparql-results+json" },
      body: new URLSearchParams({ query }),
      signal: this.#control.signal,
    };
    let response;
    try {
      response = await fetch(this.address, request);
    } catch (error) {
      if (error.name === "AbortError") throw new Stopped();
      throw new Error(
        `${this.address} cannot be asked from this page: it may be down, not allow other pages (CORS), or this page's policy may not allow it`,
      );
    }
    const text = await response.text().catch((error) => {
      throw error.name === "AbortError" ? new Stopped() : new Error(`${this.address} broke off its answer`);
    });
    if (!response.ok) throw new Error(`${this.address} answers ${response.status}: ${text.slice(0, 500)}`);
    const type = response.headers.get("Content-Type")?.split(";")[0] || "something";
    if (isGraph && !/turtle|n-triples|n3/i.test(type)) throw new Error(`${this.address} answers with ${type}, and not with Turtle`);
    if (!isGraph && !isResults(text)) throw new Error(`${this.address} answers with ${type}, and not with the JSON of SPARQL's results`);
    return isGraph ? { turtle: text } : { json: text };
  }

  stop() {
    this.#control?.abort();
  }
}
