// Drives the graph of a hospital too large to be drawn actor by actor, and of a
// ward in which an actor moves. Started by graph_test.go with one JSON argument:
// {url, big, cert, shots}. Its exit code is the result.

import assert from "node:assert/strict";
import path from "node:path";
import { cert, faults, open, run, shot, tab, trouble, url } from "./browser.mjs";

const { big } = JSON.parse(process.argv[2]);
const places = (page) => page.locator(".card").evaluateAll((cards) => Object.fromEntries(cards.map((c) => [c.dataset.at, c.style.transform])));

const steps = {
  async "of 243 actors, components become one card each, with sums, and links between them one line"() {
    steps.page = await open(big);
    const { page } = steps;
    await page.getByRole("button", { name: /^11 actors of bed01 on bedside-1, all running, [\d.]+ firings per second/ }).waitFor();
    assert.equal(await page.locator(".card").count(), 43);
    await shot(page, "many");
  },

  async "Enter opens one, the others keep their places when it is folded again"() {
    const { page } = steps;
    const before = await places(page);
    await page.getByRole("button", { name: /^11 actors of bed01 / }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: /^Actor bed01 spo2, ward.Sensor on bedside-1, running/ }).waitFor();
    assert.equal(await page.locator(".card").count(), 53);
    await shot(page, "opened");
    await page.getByRole("button", { name: "Fold bed01 on bedside-1 into one card again" }).click();
    await page.getByRole("button", { name: /^11 actors of bed01 / }).waitFor();
    const same = (now) => JSON.stringify(Object.entries(now).sort()) === JSON.stringify(Object.entries(before).sort());
    for (const end = Date.now() + 60000; !same(await places(page)) && Date.now() < end; ) await page.evaluate(() => new Promise(requestAnimationFrame)); // until all is laid out
    assert.deepEqual(await places(page), before);
  },

  async "the table of links: figures go on, and are new in a row that is scrolled to"() {
    const { page } = steps;
    const given = (row) => row.locator("td").nth(5).innerText();
    const rows = page.locator("#links tbody tr");
    const later = async (row, than) => {
      for (const end = Date.now() + 60000; (await given(row)) === than && Date.now() < end; ) await page.evaluate(() => new Promise(requestAnimationFrame));
      assert.notEqual(await given(row), than);
    };
    await rows.first().waitFor();
    await later(rows.first(), await given(rows.first()));
    const last = rows.last();
    const old = await last.locator("td").nth(5).evaluate((cell) => cell.textContent);
    await last.scrollIntoViewIfNeeded();
    await later(last, old);
    await rows.first().scrollIntoViewIfNeeded();
  },

  async "hosts as cards: a line for many links says so, and lists them"() {
    const { page } = steps;
    await page.locator(".tools select").selectOption("hosts");
    const line = page.getByRole("button", { name: /^20 links as one: Link .* from ward-1 to records, peer ward-1 verified/ });
    await line.waitFor();
    await line.focus();
    await page.keyboard.press("Enter");
    const details = page.getByRole("region", { name: "Details" });
    await details.getByRole("heading", { name: "20 links as one" }).waitFor();
    await details.getByRole("button", { name: "bed07 check.passed to store.in" }).click();
    await details.getByText("spiffe://h1.health.example/node/ward-1").waitFor();
    await page.keyboard.press("Escape");
    await page.locator(".tools select").selectOption("");
    await page.getByRole("button", { name: /^11 actors of bed01 / }).waitFor();
  },

  async "a slash finds: what has it stands out, Enter goes there"() {
    const { page } = steps;
    await page.locator("body").press("/");
    await page.keyboard.type("bed07");
    await page.getByText("4 have it").waitFor(); // its card, its check, and two lines
    assert.equal(await page.locator(".card:not(.dim)").count(), 2);
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => /bed07/.test(document.activeElement?.getAttribute("aria-label") ?? ""));
    await page.getByRole("searchbox").focus();
    await page.keyboard.press("Escape");
    assert.equal(await page.locator(".card.dim").count(), 0);
  },

  async "the arrow keys follow a link to its taker and back, and go from card to card"() {
    const { page } = steps;
    const to = (name) => page.waitForFunction((n) => document.activeElement?.getAttribute("aria-label")?.startsWith(n), name);
    await page.getByRole("button", { name: /^Actor bed03 check,/ }).focus();
    await page.keyboard.press("ArrowRight");
    await to("Link bed03 check.");
    await page.getByRole("button", { name: /^Link bed03 check\.passed to store\.in/ }).focus();
    await page.keyboard.press("ArrowRight");
    await to("Actor store");
    await page.keyboard.press("ArrowLeft");
    await to("Link ");
    await page.getByRole("button", { name: /^Host records/ }).focus();
    await page.keyboard.press("ArrowRight");
    await to("Actor store");
    await page.keyboard.press("ArrowDown");
    await page.waitForFunction(() => !document.activeElement?.getAttribute("aria-label")?.startsWith("Actor store"));
  },

  async "the ground can be dragged, and Ctrl with the wheel comes closer"() {
    const { page } = steps;
    const frame = page.locator(".frame");
    const at = await frame.boundingBox();
    const look = () => frame.evaluate((f) => ({ top: f.scrollTop, width: f.querySelector("svg").clientWidth }));
    await frame.evaluate((f) => f.scrollTo(0, 0));
    const before = await look();
    await page.mouse.move(at.x + 8, at.y + at.height - 30); // left of all hosts
    await page.mouse.down();
    await page.mouse.move(at.x + 8, at.y + at.height - 130, { steps: 3 });
    await page.mouse.up();
    await page.waitForFunction((top) => document.querySelector(".frame").scrollTop === top, before.top + 100);
    await page.keyboard.down("Control");
    await page.mouse.wheel(0, -120);
    await page.keyboard.up("Control");
    await page.waitForFunction((w) => document.querySelector(".frame svg").clientWidth > w, before.width);
    await page.getByRole("button", { name: /fit the frame/ }).click();
  },

  async "axe finds no fault with cards for many, light or dark"() {
    const { page } = steps;
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await faults(page), [], colorScheme);
    }
    await shot(page, "many-dark");
    await page.context().close();
  },

  async "an actor that moves is seen going from host to host, and says from where"() {
    const page = await open(url, { reducedMotion: "no-preference", clientCertificates: [{ origin: url, certPath: path.join(cert, "cert.pem"), keyPath: path.join(cert, "key.pem") }] });
    steps.page = page;
    await page.getByRole("button", { name: /^Actor bed2 check, ward.RuleCheck on ward/ }).waitFor();
    await page.evaluate(() => {
      window.went = [];
      document.addEventListener("transitionend", (e) => e.propertyName === "transform" && window.went.push(e.target.dataset.at));
    });
    await page.evaluate(() => fetch("/misbehave?how=move&what=ward:bed2:check&why=records", { method: "POST" }));
    await Promise.all([ // it is said for six seconds
      page.getByRole("button", { name: /^Actor bed2 check, .* on records, running, .* just came from ward/ }).waitFor(),
      page.getByText("← from ward").waitFor(),
    ]);
    await page.waitForFunction(() => window.went.includes("card ward:bed2:check"));
    await shot(page, "moved");
  },

  async "with less motion asked for, nothing moves but it says the same"() {
    const { page } = steps;
    await page.emulateMedia({ reducedMotion: "reduce" });
    await page.evaluate(() => (window.went = []));
    await page.evaluate(() => fetch("/misbehave?how=move&what=ward:bed3:check&why=records", { method: "POST" }));
    await page.getByRole("button", { name: /^Actor bed3 check, .* just came from ward/ }).waitFor();
    const box = page.locator('[data-at="card ward:bed3:check"]');
    await page.waitForFunction((e) => getComputedStyle(e).transitionDuration === "0s", await box.elementHandle());
    assert.deepEqual(await page.evaluate(() => window.went), []);
  },

  async "what needs a look is listed, and a press goes there"() {
    const { page } = steps;
    await page.evaluate(() => fetch("/misbehave?how=lack", { method: "POST" }));
    const details = page.getByRole("region", { name: "Details" });
    await details.getByRole("heading", { name: "Needs a look" }).waitFor();
    await details.getByRole("button", { name: "bed1 check is a shadow" }).click();
    await details.getByText("A shadow because").waitFor();
  },

  async "the tab, and the height of the dock, are kept over a visit; the address leads to a tab"() {
    const { page } = steps;
    await tab(page, "What happened");
    await page.getByRole("separator", { name: "Height of the panels" }).focus();
    const was = Number(await page.getByRole("separator").getAttribute("aria-valuenow"));
    await page.keyboard.press("ArrowUp");
    await page.goto(url + "/");
    await page.getByRole("tab", { name: /^What happened/, selected: true }).waitFor();
    assert.equal(Number(await page.getByRole("separator").getAttribute("aria-valuenow")), was + 24);
    await page.getByRole("tab", { name: /^What happened/ }).focus();
    await page.keyboard.press("Home");
    await page.getByRole("tab", { name: "Links", selected: true }).waitFor();
    assert.equal(new URL(page.url()).hash, "#panel=links");
  },

  async "no fault in the console, nothing against the content policy"() {
    assert.deepEqual(trouble, []);
  },
};

await run(steps);
