// Compiles the contracts beside this file with the solc that package-lock.json
// pins, and writes NAME.abi and NAME.bin into the folder given (default: build).
// Metadata hash and CBOR tail are off, so the same source gives the same bytes.
import { readFileSync, writeFileSync, readdirSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2] ?? join(here, "build");
const solc = createRequire(import.meta.url)("solc");

const names = readdirSync(here).filter((f) => f.endsWith(".sol")).sort();
const input = {
  language: "Solidity",
  sources: Object.fromEntries(names.map((n) => [n, { content: readFileSync(join(here, n), "utf8") }])),
  settings: {
    evmVersion: "osaka",
    optimizer: { enabled: true, runs: 200 },
    metadata: { bytecodeHash: "none", appendCBOR: false },
    outputSelection: Object.fromEntries(names.map((n) => [n, { "*": ["abi", "evm.bytecode.object"] }])),
  },
};
const find = (path) => ({ contents: readFileSync(join(here, "node_modules", path), "utf8") });
const result = JSON.parse(solc.compile(JSON.stringify(input), { import: find }));

let failed = false;
for (const e of result.errors ?? []) {
  console.error(e.formattedMessage);
  failed = true; // a warning too: committed contracts have none
}
if (failed) process.exit(1);

mkdirSync(out, { recursive: true });
for (const n of names) {
  for (const [name, c] of Object.entries(result.contracts[n])) {
    writeFileSync(join(out, name + ".abi"), JSON.stringify(c.abi, null, 1) + "\n");
    writeFileSync(join(out, name + ".bin"), c.evm.bytecode.object + "\n");
  }
}
