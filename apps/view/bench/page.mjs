// Measures the page in headless Chromium. Started by bench_test.go with one JSON
// argument: {url, link, seconds, rounds}. Prints one JSON object and then waits for its
// standard input to close, with the page open: the node is measured meanwhile.

import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const { url, link, seconds, rounds } = JSON.parse(process.argv[2]);
const browser = await chromium.launch({
  executablePath: ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync),
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1680, height: 1050 } });
const page = await context.newPage();
const devtools = await context.newCDPSession(page);

// What came over the network, in bytes as they travelled, by file.
const names = new Map();
const loads = [];
await devtools.send("Network.enable");
devtools.on("Network.requestWillBeSent", (e) => names.set(e.requestId, new URL(e.request.url).pathname));
devtools.on("Network.loadingFinished", (e) => loads.push({ name: names.get(e.requestId) ?? "", bytes: e.encodedDataLength, elapsed: performance.now() - began }));

const began = performance.now();
await page.goto(link);
await page.locator("header time").waitFor(); // the first snapshot is shown
const seen = performance.now() - began;
await page.locator(".card").first().waitFor({ timeout: 60_000 });
const drawn = performance.now() - began;

await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
const metrics = async () => Object.fromEntries((await devtools.send("Performance.getMetrics")).metrics.map((m) => [m.name, m.value]));

/** Main-thread time in milliseconds for each second, and how many updates came: of
 *  the rounds the one in the middle, and the task times of all. */
async function measure(name) {
  await page.waitForTimeout(3000); // what loading it took is over
  const all = [];
  for (let i = 0; i < rounds; i++) all.push(await round());
  all.sort((a, b) => a.task - b.task);
  return { name, ...all[Math.floor(rounds / 2)], tasks: all.map((r) => r.task) };
}

async function round() {
  const drawn = await page.evaluate(() => {
    window.updates = 0;
    const time = document.querySelector("header time");
    window.counting = new MutationObserver(() => window.updates++);
    window.counting.observe(time, { attributes: true, attributeFilter: ["datetime"] });
    return { cards: document.querySelectorAll(".card").length, links: document.querySelectorAll(".link").length };
  });
  const [a, from] = [await metrics(), performance.now()];
  await page.waitForTimeout(seconds * 1000);
  const [b, wall] = [await metrics(), (performance.now() - from) / 1000];
  const n = await page.evaluate(() => (window.counting.disconnect(), window.updates));
  const each = (key) => (1000 * (b[key] - a[key])) / wall;
  return { ...drawn, updates: n / wall, task: each("TaskDuration"), script: each("ScriptDuration"), style: each("RecalcStyleDuration"), layout: each("LayoutDuration"), heap: b.JSHeapUsedSize };
}

const runs = [await measure("as it opens: components as cards")];
await page.locator(".tools select").selectOption("actors");
await page.waitForFunction(() => document.querySelectorAll(".card").length > 200, undefined, { timeout: 60_000 });
runs.push(await measure("every actor, as large as can be read"));
await page.getByRole("button", { name: "All", exact: true }).last().click();
runs.push(await measure("every actor, all in the window"));

console.log(JSON.stringify({ url, seen, drawn, loads, runs }));
for await (const _ of process.stdin);
await browser.close();
