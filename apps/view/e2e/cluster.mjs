// Drives the pages of a real cluster of three processes. Started by
// cluster_test.go with one JSON argument: {url, page, nursepage, cert, stranger,
// pid-…, shots}. Its exit code is the result.

import assert from "node:assert/strict";
import path from "node:path";
import { args, faults, open, run, shot, tab, trouble } from "./browser.mjs";

const { url, page: desk, nursepage, cert, stranger } = args;
const wide = { viewport: { width: 1440, height: 1000 } };
const scripts = (page = steps.page) => page.getByRole("region", { name: "Scripts", exact: true });
const editor = () => scripts().getByRole("textbox", { name: /^Script of / });
const details = (page = steps.page) => page.getByRole("region", { name: "Details" });
const host = (page, name, rest) => page.getByRole("button", { name: new RegExp(`^Host ${name}, .*${rest}`) });
const actor = (page, name, rest = "") => page.getByRole("button", { name: new RegExp(`^Actor ${name}, .*${rest}`) });
const held = (dir) => ({ clientCertificates: [{ origin: url, certPath: path.join(dir, "cert.pem"), keyPath: path.join(dir, "key.pem") }] });

/** Chooses something in the graph with the keyboard. */
async function choose(button) {
  await button.focus();
  await steps.page.keyboard.press("Enter");
}

async function write(text) {
  await editor().click();
  await steps.page.keyboard.press("Control+a");
  await steps.page.keyboard.press("Delete");
  await steps.page.keyboard.insertText(text);
}

const script = (sleep) => `# Counts at the bedside, adds up in the ward or the archive.
count : std.CountTimer(sleep=${sleep})
sum : std.Sum()
log : test.Sink(quiet=true)
count.integer > sum.integer
sum.integer > log.token

rule bedside : runtime_name(name="bedside")
rule inside : runtime_name(name="ward") | runtime_name(name="records")
apply count, log : bedside
apply sum : inside
`;

const steps = {
  async "without a certificate nobody sees anything"() {
    const page = await open(url, wide);
    await page.getByRole("heading", { name: "Log in to watch" }).waitFor();
    assert.equal(await page.evaluate(() => fetch("/api/v1/status").then((r) => r.status)), 401);
    await page.context().close();
  },

  async "a certificate of another hospital opens nothing"() {
    const page = await open(url, { ...wide, ...held(stranger) });
    for (const path of ["status", "events", "session"]) assert.equal(await page.evaluate((path) => fetch("/api/v1/" + path).then((r) => r.status), path), 403, path);
    await page.getByText(/its root is not one we trust/).first().waitFor();
    assert.equal(await page.getByRole("group", { name: "Hosts, actors and links" }).count(), 0);
    await page.context().close();
  },

  async "a staff certificate in the browser opens the page of a node, where nothing can be signed"() {
    const page = await open(url, { ...wide, ...held(cert) });
    for (const name of ["bedside", "records", "ward"]) await host(page, name, "up, 0 actors").waitFor();
    const me = await page.evaluate(() => fetch("/api/v1/session").then((r) => r.json()));
    assert.equal(me.role, "staff");
    assert.equal(me.signs, undefined);
    assert.ok(me.may.includes("deploy"), JSON.stringify(me.may));
    const unsigned = await page.evaluate(() => fetch("/api/v1/apps", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ name: "x", script: "a : std.Constant(data=1)\na.token > voidport\n" }) }).then(async (r) => [r.status, (await r.json()).title]));
    assert.deepEqual(unsigned, [422, "not signed"]);
    steps.other = page;
  },

  async "wardflow page opens with its link, once, and knows whose it is"() {
    steps.page = await open(desk, wide);
    const { page } = steps;
    await host(page, "ward", "up, 0 actors").waitFor();
    assert.equal(new URL(page.url()).hash, "");
    const again = await open(desk, wide);
    await again.getByText(/used already/).first().waitFor();
    await again.context().close();
  },

  async "a mistake is told by the compiler, and mended with its own fix"() {
    const { page } = steps;
    await tab(page, "Scripts");
    await scripts().getByRole("button", { name: "New script" }).click();
    await scripts().getByRole("textbox", { name: "Name" }).fill("night");
    await write(script("0.2").replace("CountTimer", "CountTimr"));
    const list = scripts().getByRole("list", { name: "Mistakes and warnings" });
    await list.getByRole("button", { name: /std\.CountTimr/ }).first().waitFor();
    await shot(page, "cluster-mistake");
    await list.getByRole("button", { name: /CountTimer/ }).first().click();
    await editor().getByText("std.CountTimer(sleep=0.2)").waitFor();
    await scripts().getByText("Nothing is wrong with it").waitFor();
  },

  async "types, ports and arguments are offered as they are"() {
    const { page } = steps;
    await page.keyboard.press("Control+End");
    await page.keyboard.type("more : std.Su");
    await scripts().getByRole("option", { name: /std\.Sum/ }).waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.type("m()\nsum.");
    await scripts().getByRole("option", { name: /integer/ }).first().waitFor();
    await shot(page, "cluster-ports");
    await page.keyboard.press("Escape");
    await write(script("0.2"));
    await scripts().getByText("Nothing is wrong with it").waitFor();
  },

  async "the plan says what starts where and why; then it is signed and deployed"() {
    const { page } = steps;
    await scripts().getByRole("button", { name: "Plan", exact: true }).click();
    await scripts().getByRole("heading", { name: "night: 3 start" }).waitFor();
    const starts = scripts().getByRole("list", { name: "Starts" });
    await starts.getByRole("listitem").filter({ hasText: "count" }).getByText("matches rule bedside").waitFor();
    await shot(page, "cluster-plan");
    assert.deepEqual(await faults(page), []);
    await scripts().getByRole("button", { name: "Deploy night…" }).click();
    const asks = page.getByRole("dialog", { name: "Deploy night" });
    await asks.getByText("Nothing called night runs yet. By the plan, 3 start.").waitFor();
    await shot(page, "cluster-deploy");
    await asks.getByRole("button", { name: "Sign and deploy" }).click();
    await scripts().getByText(/^Runs: version 1\.$/).waitFor();
    await actor(page, "count", "on bedside, running").waitFor();
    await actor(page, "sum", "running").waitFor();
    await page.getByRole("button", { name: /^Link count\.integer to sum\.integer, [\d.]+ tokens per second/ }).waitFor();
    // Who watches elsewhere sees it come, too.
    await actor(steps.other, "log", "on bedside, running").waitFor();
    await shot(page, "cluster-runs");
  },

  async "a link that crosses hosts is locked, and shows its tokens"() {
    const { page } = steps;
    await choose(page.getByRole("button", { name: /^Link count\.integer to sum\.integer,.*peer bedside verified/ }));
    await details().getByText("spiffe://h1.health.example/node/bedside").first().waitFor();
    await tap(page);
  },

  async "an actor moves to the host that is chosen, and its card goes there"() {
    const { page } = steps;
    const at = async () => (await actor(page, "sum").getAttribute("aria-label")).match(/ on (\w+),/)[1];
    await page.keyboard.press("Escape");
    await choose(actor(page, "sum"));
    const from = await at();
    const to = from === "ward" ? "records" : "ward";
    await details().getByRole("button", { name: "Move…" }).click();
    const asks = page.getByRole("dialog", { name: "Move sum" });
    assert.equal(await asks.getByRole("radio", { name: /^bedside/ }).isDisabled(), true);
    await asks.getByRole("radio", { name: new RegExp("^" + to) }).check();
    await shot(page, "cluster-move");
    await asks.getByRole("button", { name: "Move to " + to }).click();
    await actor(page, "sum", `moved by hand on ${to}, running`).waitFor();
    await page.getByRole("button", { name: new RegExp(`^Link count\\.integer to sum\\.integer, (?!0\\.0)[\\d.]+ tokens per second.*from bedside to ${to}`) }).waitFor();
    if (to !== "records") await moveTo("records");
  },

  async "a change is planned against what runs: what stays is not touched"() {
    const { page } = steps;
    await tab(page, "Scripts");
    await write(script("0.1"));
    await page.keyboard.press("Control+Enter");
    await scripts().getByRole("heading", { name: "night: 1 changes, 2 stay" }).waitFor();
    await scripts().getByText(/sleep is 0\.1, was 0\.2/).waitFor();
    await scripts().getByRole("button", { name: "Deploy night…" }).click();
    await page.getByRole("dialog").getByText(/^Version 1 of night runs/).waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Sign and deploy" }).click();
    await scripts().getByText(/^Runs: version 2\.$/).waitFor();
  },

  async "draining says what goes where and what can't, and does it"() {
    const { page } = steps;
    await page.keyboard.press("Escape");
    await choose(host(page, "records", "up, 1 actor"));
    await details().getByRole("button", { name: "Drain…" }).click();
    const asks = page.getByRole("dialog", { name: "Drain records" });
    await asks.getByText("1 actor goes elsewhere.").waitFor();
    await asks.getByText("records to ward").waitFor();
    await asks.getByRole("button", { name: "Drain records" }).click();
    await actor(page, "sum", "on ward, running").waitFor();
    await host(page, "records", "draining, 0 actors").waitFor();
    await details().getByRole("button", { name: "Take actors again…" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Take actors again" }).click();
    await host(page, "records", "up, 0 actors").waitFor();
  },

  async "a host that is killed is seen to go, and its actor goes on elsewhere"() {
    const { page } = steps;
    process.kill(Number(args["pid-ward"]), "SIGKILL");
    await host(page, "ward", "down").waitFor({ timeout: 180000 });
    await actor(page, "sum", "on records, running").waitFor({ timeout: 180000 });
    await page.getByText(/^[\w]+ leads; 3 voters, none may fail$/).waitFor();
    await tab(page, "What happened");
    await page.getByRole("cell", { name: "node ward went down" }).first().waitFor();
    await shot(page, "cluster-killed");
    for (const colorScheme of ["dark", "light"]) {
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await faults(page), [], colorScheme);
    }
    await page.getByRole("button", { name: /^Link sum\.integer to log\.token, (?!0\.0)[\d.]+ tokens per second/ }).waitFor();
  },

  async "staff without the right sees all, reads why not, and is refused by the node as well"() {
    const page = await open(nursepage, wide);
    await actor(page, "count", "running").focus();
    await page.keyboard.press("Enter");
    await details(page).getByText(/your certificate has no right to “move” here/i).waitFor();
    const told = await page.evaluate(async () => {
      const post = (path, body) => fetch("/api/v1" + path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }).then((r) => r.status);
      return [await post("/actors/night:count/move", { node: "records" }), await post("/apps", { name: "night", script: "a : std.Constant(data=1)\na.token > voidport\n" }), await fetch("/api/v1/apps/night", { method: "DELETE" }).then((r) => r.status)];
    });
    assert.deepEqual(told, [403, 403, 403]);
    await page.context().close();
  },

  async "what was deployed is stopped, by its name"() {
    const { page } = steps;
    await tab(page, "Scripts");
    await scripts().getByRole("button", { name: "Stop…" }).click();
    const asks = page.getByRole("dialog", { name: "Stop night" });
    await asks.getByRole("textbox").fill("night");
    await asks.getByRole("button", { name: "Stop night" }).click();
    await actor(page, "count").waitFor({ state: "detached" });
    await scripts().getByText("Nothing runs yet").waitFor();
  },

  async "no fault in the console, nothing against the content policy"() {
    assert.deepEqual(trouble, []);
  },
};

async function moveTo(name) {
  const { page } = steps;
  await details().getByRole("button", { name: "Move or let go…" }).click();
  const asks = page.getByRole("dialog", { name: "Move sum" });
  await asks.getByRole("radio", { name: new RegExp("^" + name) }).check();
  await asks.getByRole("button", { name: "Move to " + name }).click();
  await actor(page, "sum", `moved by hand on ${name}, running`).waitFor();
}

/** Opens the tap of the link that is chosen, reads tokens, and ends it. */
async function tap(page) {
  await details().getByRole("button", { name: /^Tap/ }).click();
  const panel = page.getByRole("region", { name: "Tap", exact: true });
  await panel.getByText("tapped on bedside").waitFor();
  await panel.getByRole("row").nth(3).waitFor(); // the head, and tokens
  await shot(page, "cluster-tap");
  await panel.getByRole("button", { name: "Stop" }).click();
  await panel.getByText(/^The tap of .* has ended/).waitFor();
}

await run(steps);
