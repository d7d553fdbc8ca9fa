// Drives the page as a person does. Started by page_test.go with one JSON
// argument: {url, link, shots}. Its exit code is the result.

import assert from "node:assert/strict";
import { faults, link, open, run, shot, tab, trouble, url } from "./browser.mjs";

const steps = {
  async "nobody sees anything, and is told how to get in"() {
    const page = await open(url);
    await page.getByRole("heading", { name: "Log in to watch" }).waitFor();
    await shot(page, "login");
    await page.context().close();
  },

  async "a one-time link logs in, leaves the address bar and works once"() {
    const page = await open(link);
    await page.getByRole("group", { name: "Hosts, actors and links" }).waitFor();
    assert.equal(page.url(), url + "/");
    steps.page = page;

    const other = await open(link);
    await other.getByRole("alert").getByText("used already").waitFor();
    await other.context().close();
  },

  async "hosts, actors and links are there, with spoken names"() {
    const { page } = steps;
    await page.getByRole("button", { name: /^Host bedside, floor 3, room icu-3, up, 14 actors/ }).waitFor();
    await page.getByRole("button", { name: /^Actor bed1 check, ward.RuleCheck on ward, running/ }).waitFor();
    const name = /^Link bed1 collector\.out to bed1 check\.in, [\d.]+ tokens per second, queue \d+ percent, from bedside to ward, peer bed1 verified/;
    await page.getByRole("button", { name }).waitFor();
    assert.equal(await page.getByRole("button", { name: /^Host / }).count(), 3);
    assert.equal(await page.getByRole("button", { name: /^Actor / }).count(), 19);
    assert.equal(await page.getByRole("button", { name: /^Link / }).count(), 20);
  },

  async "every link ends on the ports of its actors"() {
    const { page } = steps;
    const off = await page.evaluate(() => {
      const ports = [...document.querySelectorAll(".card .port")].map((p) => {
        const b = p.getBoundingClientRect();
        return { x: b.x + b.width / 2, y: b.y + b.height / 2 };
      });
      const far = [];
      for (const line of document.querySelectorAll(".link .line")) {
        const toScreen = line.getScreenCTM();
        for (const at of [0, line.getTotalLength()]) {
          const p = line.getPointAtLength(at).matrixTransform(toScreen);
          const near = Math.min(...ports.map((q) => Math.hypot(q.x - p.x, q.y - p.y)));
          if (near > 3) far.push(near);
        }
      }
      return far;
    });
    assert.deepEqual(off, []);
  },

  async "no two cards and no card and a label lie on each other"() {
    const { page } = steps;
    const hits = await page.evaluate(() => {
      const box = (e) => e.getBoundingClientRect();
      const cards = [...document.querySelectorAll(".card .face")].map(box);
      const pills = [...document.querySelectorAll(".link .pill")].map(box);
      const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
      let n = 0;
      cards.forEach((c, i) => (n += cards.slice(i + 1).filter((d) => meet(c, d)).length + pills.filter((p) => meet(c, p)).length));
      pills.forEach((p, i) => (n += pills.slice(i + 1).filter((q) => meet(p, q)).length));
      return n;
    });
    assert.equal(hits, 0);
  },

  async "it lives: the time and the counters move, and nothing jumps"() {
    const { page } = steps;
    const places = () => page.locator(".card").evaluateAll((cards) => cards.map((c) => c.style.transform).join());
    const before = { places: await places(), time: await page.locator(".bar time").getAttribute("datetime") };
    await page.waitForFunction((t) => document.querySelector(".bar time").getAttribute("datetime") !== t, before.time);
    assert.equal(await places(), before.places);
  },

  async "with the keyboard: a link tells who verified whom, an actor why it is there"() {
    const { page } = steps;
    const details = page.getByRole("region", { name: "Details" });
    await page.getByRole("button", { name: /^Link bed1 collector\.out to bed1 check\.in/ }).focus();
    await page.keyboard.press("Enter");
    await details.getByText("spiffe://h1.health.example/collector/bed1").waitFor();
    await details.getByText("spiffe://h1.health.example/node/ward").waitFor();
    await shot(page, "link");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: /^Actor bed1 check/ }).focus();
    await page.keyboard.press("Space");
    await details.getByText("Here because").waitFor();
    await details.getByText("it requires rules: ward and records offer it").waitFor();
    await shot(page, "actor");
  },

  async "a full link and a refused one say so in words"() {
    const { page } = steps;
    await page.getByRole("button", { name: /^Link bed3 check\.passed to store\.in, .* queue 94 percent/ }).waitFor();
    await page.getByRole("button", { name: /^Link bed2 hr\.out to bed2 collector\.in, refused: certificate of another root/ }).waitFor();
    await page.locator("#links").getByText("certificate of another root").waitFor();
  },

  async "refusals come with reason, rule and block, and without what was measured"() {
    const { page } = steps;
    await tab(page, "Refused readings");
    const list = page.getByRole("region", { name: "Refused readings" });
    await list.getByText("Devices and values are shown to staff").waitFor();
    assert.equal(await list.getByText("1.1 Cel").count(), 0);
    assert.equal(await list.getByText("device").count(), 1); // in that sentence
    await list.getByText("too low").first().waitFor();
    await list.getByText(/rule version 3, epoch 7, block #[\d,]+/).first().waitFor();
  },

  async "whoever only watches can change nothing"() {
    const { page } = steps;
    const statuses = await page.evaluate(async () => {
      const body = JSON.stringify({ name: "x", script: "" });
      const headers = { "Content-Type": "application/json" };
      const ask = async (method, path, body) => (await fetch("/api/v1" + path, { method, headers, body })).status;
      return [await ask("POST", "/apps", body), await ask("POST", "/apps?dry-run", body), await ask("DELETE", "/apps/ward"), await ask("POST", "/logins", "{}")];
    });
    assert.deepEqual(statuses, [403, 403, 403, 403]);
  },

  async "one application at a time"() {
    const { page } = steps;
    const only = page.getByRole("group", { name: "Applications shown" });
    await only.getByRole("button", { name: /^ward/ }).click();
    assert.equal(await page.getByRole("button", { name: /^Actor / }).count(), 19);
    await only.getByRole("button", { name: "All" }).click();
  },

  async "who cannot keep up is told what was skipped"() {
    const { page } = steps;
    const slow = await page.context().newPage();
    await slow.route(/\/api\/v1\/events/, (route) => {
      const snapshot = JSON.stringify({ at: "2026-11-22T08:00:00Z", node: "ward", nodes: [], apps: [], actors: [], links: [], refusals: [], events: [] });
      route.fulfill({ contentType: "text/event-stream", body: `event: skipped\ndata: {"skipped":7}\n\nid: a-9\nevent: snapshot\ndata: ${snapshot}\n\n` });
    });
    await slow.goto(url);
    await slow.getByText(/skipped to the newest, \d+ updates not shown so far/).waitFor();
    await slow.close();
  },

  async "axe finds no fault, light or dark"() {
    const { page } = steps;
    await page.getByRole("button", { name: /^Link bed1 collector\.out/ }).focus();
    await page.keyboard.press("Enter");
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await faults(page), [], colorScheme);
    }
    await page.emulateMedia({ colorScheme: "light" });
  },

  async "light, dark and narrow"() {
    const { page } = steps;
    await page.keyboard.press("Escape");
    await shot(page, "light");
    await page.emulateMedia({ colorScheme: "dark" });
    const paper = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    assert.equal(paper, "rgb(13, 19, 23)");
    await shot(page, "dark");
    await page.setViewportSize({ width: 820, height: 1100 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(wide, 0, "the page itself does not scroll sideways");
    await shot(page, "narrow");
  },

  async "no fault in the console, nothing against the content policy"() {
    assert.deepEqual(trouble, []);
  },
};

await run(steps);
