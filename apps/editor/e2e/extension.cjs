// Starts the extension in a stand-in for VS Code and says, as JSON, what it did
// in order.

const Module = require("node:module");
const path = require("node:path");

const did = [];
const commands = {};
let configured;
const config = { command: "/opt/wardflow", includes: ["lib"] };

const vscode = {
  commands: { registerCommand: (name, run) => { commands[name] = run; return {}; } },
  window: { showErrorMessage: (text) => did.push(["error", text]) },
  workspace: {
    createFileSystemWatcher: (glob) => ({ glob }),
    getConfiguration: () => ({ get: (key, otherwise) => config[key] ?? otherwise }),
    onDidChangeConfiguration: (run) => { configured = run; return {}; },
  },
};

class LanguageClient {
  constructor(id, name, server, options) {
    this.server = server.run;
    did.push(["client", id, server.run, options.documentSelector, options.initializationOptions, options.synchronize.fileEvents.glob]);
  }
  async start() {
    if (this.server.command === "missing") throw new Error("spawn missing ENOENT");
    did.push(["start"]);
  }
  needsStop() { return true; }
  async stop() { did.push(["stop"]); }
}

const load = Module._load;
Module._load = (name, ...rest) => {
  if (name === "vscode") return vscode;
  if (name === "vscode-languageclient/node") {
    require.resolve(name, { paths: [path.dirname(__dirname)] }); // it is there
    return { LanguageClient };
  }
  return load(name, ...rest);
};

(async () => {
  const extension = require("../extension.js");
  await extension.activate({ subscriptions: [] });
  await commands["calvin.restart"]();
  config.command = "missing";
  await configured({ affectsConfiguration: (key) => key === "calvin.command" });
  await configured({ affectsConfiguration: () => false });
  await extension.deactivate();
  console.log(JSON.stringify(did));
})();
