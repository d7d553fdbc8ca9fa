// Compiles the contracts beside this file with the solc that package-lock.json
// pins:
//
//	node compile.mjs [FOLDER [CONTRACT...]]
//
// writes NAME.abi, NAME.bin (creation code) and, of rules, NAME.runtime into the
// folder (default: build), and into its folder london those that must also run
// on chains that stopped at that fork. Metadata hash and CBOR tail are off, so
// the same source gives the same bytes; sources.sha256 says which source it was.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync, readdirSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2] ?? join(here, "build");
const solc = createRequire(import.meta.url)("solc");

const all = ["AgreementRule", "AuditAnchor", "DeviceRegistry", "IRule", "LimitRule", "RuleManager", "SlopeRule"];
const alsoOld = ["AuditAnchor", "DeviceRegistry", "LimitRule", "RuleManager"];
const named = (names) => names.filter((n) => process.argv.length < 4 || process.argv.slice(3).includes(n));
const files = readdirSync(here).filter((f) => f.endsWith(".sol")).sort();
const sources = Object.fromEntries(files.map((n) => [n, { content: readFileSync(join(here, n), "utf8") }]));
const read = (path) => readFileSync(join(here, "node_modules", path), "utf8");

// OpenZeppelin's assembly uses mcopy(to, from, length), which came with Cancun.
// A loop does the same; where the two overlap, OpenZeppelin copies downwards.
function withoutMcopy(text) {
  for (let at; (at = text.indexOf("mcopy(")) >= 0; ) {
    const args = [""];
    let end = at + 6;
    for (let depth = 1; ; end++) {
      if (text[end] === "(") depth++;
      if (text[end] === ")" && --depth === 0) break;
      if (text[end] === "," && depth === 1) args.push("");
      else args[args.length - 1] += text[end];
    }
    const [to, from, length] = args;
    const loop = `for { let k := 0 } lt(k, ${length}) { k := add(k, 1) } {
      mstore8(add(${to}, k), byte(0, mload(add(${from}, k)))) }`;
    text = text.slice(0, at) + loop + text.slice(end + 1);
  }
  return text;
}

function compile(evmVersion, wanted, folder, edit) {
  const input = {
    language: "Solidity",
    sources,
    settings: {
      evmVersion,
      viaIR: true,
      optimizer: { enabled: true, runs: 200 },
      metadata: { bytecodeHash: "none", appendCBOR: false },
      outputSelection: Object.fromEntries(
        wanted.map((n) => [n + ".sol", { [n]: ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"] }]),
      ),
    },
  };
  const result = JSON.parse(solc.compile(JSON.stringify(input), { import: (path) => ({ contents: edit(read(path)) }) }));
  // A warning too: committed contracts have none. What we only import may.
  const errors = (result.errors ?? []).filter((e) => e.severity === "error" || sources[e.sourceLocation?.file]);
  for (const e of errors) console.error(e.formattedMessage);
  if (errors.length > 0) process.exit(1);
  mkdirSync(folder, { recursive: true });
  for (const name of wanted) {
    const c = result.contracts[name + ".sol"][name];
    if (evmVersion === "osaka") writeFileSync(join(folder, name + ".abi"), JSON.stringify(c.abi, null, 1) + "\n");
    writeFileSync(join(folder, name + ".bin"), c.evm.bytecode.object + "\n");
    if (name.endsWith("Rule") && name !== "IRule") writeFileSync(join(folder, name + ".runtime"), c.evm.deployedBytecode.object + "\n");
  }
}

compile("osaka", named(all), out, (text) => text);
compile("london", named(alsoOld), join(out, "london"), withoutMcopy);

const hash = (name) => createHash("sha256").update(readFileSync(join(here, name))).digest("hex");
const lines = [...files, "compile.mjs", "package-lock.json"].map((name) => `${hash(name)}  ${name}\n`);
writeFileSync(join(out, "sources.sha256"), lines.join(""));
