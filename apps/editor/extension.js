// The extension starts "wardflow lsp" and lets the editor talk to it. All that
// it knows of scripts, it knows from there; the colours before that has begun
// are those of syntaxes/calvin.tmLanguage.json.

const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

// settings are what the user says under "calvin".
function settings() {
  const config = vscode.workspace.getConfiguration("calvin");
  return { command: config.get("command", "wardflow"), includes: config.get("includes", []) };
}

function start() {
  const { command, includes } = settings();
  const server = { command, args: ["lsp"] };
  client = new LanguageClient("calvin", "CalvinScript", { run: server, debug: server }, {
    documentSelector: [{ language: "calvin" }],
    initializationOptions: { includes },
    synchronize: { fileEvents: vscode.workspace.createFileSystemWatcher("**/*.calvin") },
  });
  return client.start().catch((err) => {
    vscode.window.showErrorMessage(
      `CalvinScript: ${command} lsp does not start (${err.message}). Install wardflow, or set calvin.command to its path.`);
  });
}

async function stop() {
  const old = client;
  client = undefined;
  if (old && old.needsStop()) {
    await old.stop();
  }
}

async function activate(context) {
  context.subscriptions.push(
    vscode.commands.registerCommand("calvin.restart", async () => {
      await stop();
      await start();
    }),
    vscode.workspace.onDidChangeConfiguration(async (event) => {
      if (event.affectsConfiguration("calvin.command") || event.affectsConfiguration("calvin.includes")) {
        await stop();
        await start();
      }
    }),
  );
  await start();
}

module.exports = { activate, deactivate: stop };
