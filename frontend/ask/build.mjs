// Builds what the Ask page ships: `npm ci && npm run build [-- FOLDER]`. The same input gives the same bytes.
import { compress, init } from "@bokuweb/zstd-wasm";
import { build } from "esbuild";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2] ?? join(here, "../../src/synthkg/site/ask");
const modules = join(here, "node_modules");

mkdirSync(out, { recursive: true });
const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: [
    { in: "src/main.js", out: "ask" },
    { in: "src/worker.js", out: "worker" },
    { in: "src/ask.css", out: "ask" },
  ],
  outdir: out,
  bundle: true,
  format: "esm",
  legalComments: "none", // all of them are in LICENSES.txt
  metafile: true,
  minify: true,
  target: "es2022",
});
await init();
// From level 20 on the window may be larger than fzstd's, and gains 19 bytes.
writeFileSync(join(out, "oxigraph.wasm.zst"), compress(readFileSync(join(modules, "oxigraph/web_bg.wasm")), 19));
writeFileSync(join(out, "LICENSES.txt"), licences());

// The licence of each package of which something is in the files.
function licences() {
  const used = Object.keys(metafile.inputs).map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]);
  const names = [...new Set(used.filter(Boolean))].sort();
  return names.map(licence).join(`\n${"-".repeat(78)}\n\n`);
}

function licence(name) {
  const { version, license } = JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8"));
  const file = readdirSync(join(modules, name)).find((each) => /^licen[cs]e/i.test(each));
  // Oxigraph's package comes without a text; this is the one in its repository.
  const path = file ? join(modules, name, file) : join(here, "licences", `${name}.txt`);
  return `${name} ${version} (${license})\n\n${readFileSync(path, "utf8").trim()}\n`;
}
