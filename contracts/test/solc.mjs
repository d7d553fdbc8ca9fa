#!/usr/bin/env node
// Makes the solc of npm look like the native one, as far as forge asks.
import { readFileSync, writeSync } from "node:fs";
import { createRequire } from "node:module";

const solc = createRequire(import.meta.url)("solc");
if (process.argv.includes("--version")) {
  console.log(`solc, the solidity compiler commandline interface\nVersion: ${solc.version().replace("Emscripten.clang", "Linux.g++")}`);
} else if (process.argv.includes("--standard-json")) {
  const out = Buffer.from(solc.compile(readFileSync(0, "utf8")));
  for (let at = 0; at < out.length; ) at += writeSync(1, out, at);
} else {
  console.error("solc.mjs knows --version and --standard-json only");
  process.exit(1);
}
