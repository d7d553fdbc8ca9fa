// What the scripts beside this one share: a browser, pages, steps.

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { chromium } from "playwright-core";

/** What the test that started this one says. */
export const args = JSON.parse(process.argv[2]);
export const { url, link, shots, cert } = args;
const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync);
const browser = await chromium.launch({
  executablePath,
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

/** What the consoles of all pages complained of. */
export const trouble = [];

export const open = async (address, options = {}) => {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1680, height: 1050 }, reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(90000); // for a host that is busy with much else; nothing takes that long
  page.on("pageerror", (e) => trouble.push(String(e)));
  page.on("console", (m) => {
    // A refused request is what some steps are about; the rest is a fault.
    if (m.type() === "error" && !/status of (40[13]|42[12])/.test(m.text())) trouble.push(m.text());
  });
  await page.goto(address);
  return page;
};

export const shot = async (page, name) => shots && page.screenshot({ path: path.join(shots, name + ".png"), fullPage: true });

/** Opens a tab of the dock. */
export const tab = (page, name) => page.getByRole("tab", { name: new RegExp("^" + name) }).click();

/** What axe finds at fault, in a line each. */
export async function faults(page) {
  await page.evaluate(readFileSync("node_modules/axe-core/axe.min.js", "utf8"));
  // Cards and links show figures and marks; their names say the same in words.
  const { violations } = await page.evaluate(() => window.axe.run({ rules: { "label-content-name-mismatch": { enabled: false } } }));
  return violations.map((v) => `${v.impact} ${v.id}: ${v.help}\n  ${v.nodes.slice(0, 4).map((n) => n.html.slice(0, 160) + " " + (n.any[0]?.message ?? "")).join("\n  ")}`);
}

/** Takes the steps in order, up to the first that fails. */
export async function run(steps) {
  try {
    for (const [name, step] of Object.entries(steps)) {
      if (typeof step !== "function") continue;
      try {
        await step();
        console.log("ok   " + name);
      } catch (e) {
        console.log("FAIL " + name + "\n" + (e.stack ?? e) + (trouble.length ? "\nconsole: " + trouble.join("\n") : ""));
        if (steps.page) await shot(steps.page, "failed");
        process.exitCode = 1;
        break;
      }
    }
  } finally {
    await browser.close();
  }
}
