// One of the staff taps a link, sees tokens and what they measure, and of whom
// only when asked for. Started by tap_test.go with {url, cert, shots}.

import assert from "node:assert/strict";
import path from "node:path";
import { cert, faults, open, run, shot, trouble, url } from "./browser.mjs";

const clientCertificates = [{ origin: url, certPath: path.join(cert, "cert.pem"), keyPath: path.join(cert, "key.pem") }];

const steps = {
  async "a link is tapped from its details"() {
    const page = await open(url, { clientCertificates, viewport: { width: 1440, height: 900 } });
    steps.page = page;
    await page.getByRole("button", { name: /^Link bed1 collector\.out to bed1 check\.in/ }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("region", { name: "Details" }).getByRole("button", { name: /^Tap/ }).click();
    const tap = page.getByRole("tabpanel", { name: "Tap" });
    await tap.getByText("tapped on bedside").waitFor();
    await tap.getByText("masked", { exact: true }).waitFor();
    await tap.getByText(/ends in 1[45] min/).waitFor();
    await tap.getByRole("cell", { name: /^heart rate \d/ }).first().waitFor();
    await tap.getByRole("cell", { name: /^patient-\w{6}, device-\w{6}$/ }).first().waitFor();
    assert.equal(await tap.getByText("p-17").count(), 0);
    await tap.getByText(/\d+ shown$/).waitFor();
    await shot(page, "tap");
  },

  async "the details of a link that is tapped offer to stop it"() {
    const details = steps.page.getByRole("region", { name: "Details" });
    const tap = steps.page.getByRole("tabpanel", { name: "Tap" });
    assert.equal(await details.getByRole("button", { name: "Tap: see its tokens" }).count(), 0);
    await details.getByRole("button", { name: "Stop the tap" }).click();
    await tap.getByText("has ended: you have ended it").waitFor();
    await details.getByRole("button", { name: "Tap: see its tokens" }).click();
    await tap.getByText("tapped on bedside").waitFor();
    await tap.getByRole("cell", { name: /^heart rate \d/ }).first().waitFor();
  },

  async "the list holds still, and goes on"() {
    const tap = steps.page.getByRole("tabpanel", { name: "Tap" });
    await tap.getByRole("button", { name: "Hold the list" }).click();
    const first = () => tap.locator("tbody tr").first().innerText();
    const was = await first();
    const shownThen = await tap.getByText(/\d+ shown$/).innerText();
    await steps.page.waitForFunction((then) => ![...document.querySelectorAll("#dock-body span")].some((e) => e.textContent.trim() === then), shownThen);
    assert.equal(await first(), was);
    await tap.getByRole("button", { name: "Go on" }).click();
    await steps.page.waitForFunction((then) => document.querySelector("#dock-body tbody tr").innerText !== then, was);
  },

  async "what is measured is drawn, one line for each stream"() {
    const { page } = steps;
    await page.getByRole("tabpanel", { name: "Tap" }).getByRole("button", { name: "Chart" }).click();
    const vitals = page.getByRole("tabpanel", { name: "Vitals" });
    await vitals.getByRole("img", { name: /^Chart in \/min: heart rate of device-\w{6} \d/ }).waitFor();
    await vitals.getByRole("img", { name: /^Chart in mV: ECG/ }).waitFor();
    assert.equal(await vitals.getByText("3414257BF4").count(), 0);
    // Something is drawn in the colour of the line.
    await page.waitForFunction(() => {
      const canvas = document.querySelector("#dock-body canvas");
      const px = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
      const seen = new Set();
      for (let i = 0; i < px.length; i += 4) if (px[i + 3] === 255) seen.add(px[i] * 65536 + px[i + 1] * 256 + px[i + 2]);
      return seen.has(0x0b6480) || seen.has(0x9a4f00) || seen.has(0x6a3fa0) || seen.has(0x1f7352) || seen.has(0x8a2a5b);
    });
    await page.getByRole("button", { name: "Panels over the whole page" }).click();
    await shot(page, "vitals");
    const line = vitals.getByRole("button", { name: /^heart rate/ });
    await line.click();
    assert.equal(await line.getAttribute("aria-pressed"), "false");
    await line.click();
  },

  async "the same stands in a table, reached by keyboard"() {
    const { page } = steps;
    const vitals = page.getByRole("tabpanel", { name: "Vitals" });
    await vitals.getByRole("button", { name: "Table" }).focus();
    await page.keyboard.press("Enter");
    await vitals.getByRole("rowheader", { name: "heart rate" }).waitFor();
    await shot(page, "vitals-table");
    assert.deepEqual(await faults(page), []);
  },

  async "of whom is shown only when asked for, and the page says so"() {
    const { page } = steps;
    const vitals = page.getByRole("tabpanel", { name: "Vitals" });
    await vitals.getByRole("button", { name: "Show of whom" }).click();
    await vitals.getByText("shows of whom", { exact: true }).waitFor();
    await vitals.getByText(/^3414257BF4/).first().waitFor();
    await vitals.getByRole("button", { name: "Mask again" }).click();
    await vitals.getByText("masked", { exact: true }).waitFor();
  },

  async "refused values are marked where they were measured"() {
    const { page } = steps;
    const vitals = page.getByRole("tabpanel", { name: "Vitals" });
    await vitals.getByRole("combobox", { name: "Link to tap" }).selectOption({ label: "bed1 check.refused → log.in" });
    await vitals.getByRole("button", { name: "Tap", exact: true }).click();
    await vitals.getByRole("button", { name: "Chart" }).click();
    await vitals.getByText(/\d+ refused/).first().waitFor();
    await shot(page, "vitals-refused");
    await vitals.getByRole("button", { name: "Tokens" }).click();
    const tap = page.getByRole("tabpanel", { name: "Tap" });
    await tap.getByRole("cell", { name: "refused: too low, 1.1 Cel is below 25 Cel" }).first().waitFor();
  },

  async "it ends when one stops it, and when nobody looks"() {
    const { page } = steps;
    const tap = page.getByRole("tabpanel", { name: "Tap" });
    await tap.getByRole("button", { name: "Stop" }).click();
    await tap.getByText("has ended: you have ended it").waitFor();
    await tap.getByRole("button", { name: "Tap again" }).click();
    await tap.getByText("tapped on ward").waitFor();
    const ended = page.waitForEvent("requestfailed", (r) => r.url().endsWith("/tap")); // by the page: the tap lingers, and then it is closed
    await page.getByRole("tab", { name: "Links" }).click();
    await ended;
    await page.getByRole("tab", { name: "Tap" }).click();
    await tap.getByText("has ended: its panel was closed").waitFor();
    assert.deepEqual(await faults(page), []);
  },

  async "a node without a vote leads to the page of one that has, at the same link"() {
    const { page } = steps;
    const problem = { type: "/problems/elsewhere", title: "ask another node", status: 421, detail: "node ward has no vote", hint: "send the same to one of them", elsewhere: [url, "javascript:alert(1)"] };
    await page.route("**/tap", (r) => r.fulfill({ status: 421, contentType: "application/problem+json", body: JSON.stringify(problem) }));
    const tap = page.getByRole("tabpanel", { name: "Tap" });
    await tap.getByRole("button", { name: "Tap again" }).click();
    await tap.getByText("node ward has no vote").waitFor();
    const to = tap.getByRole("alert").getByRole("link");
    assert.equal(await to.count(), 1);
    await page.unroute("**/tap");
    const other = await open(await to.getAttribute("href"), { clientCertificates, viewport: { width: 1100, height: 700 } });
    await other.getByRole("region", { name: "Details" }).getByRole("heading", { name: "bed1 check.refused to log.in" }).waitFor();
    await other.getByRole("tabpanel", { name: "Tap" }).getByText("Nothing is tapped.").waitFor(); // whoever follows a link decides for themselves
    assert.equal(await other.getByRole("combobox", { name: "Link to tap" }).locator("option:checked").innerText(), "bed1 check.refused → log.in");
    await other.waitForFunction(() => {
      const [line, frame] = [document.querySelector(".link.selected .pill"), document.querySelector(".frame")].map((e) => e?.getBoundingClientRect());
      return line && line.left >= frame.left && line.right <= frame.right && line.top >= frame.top && line.bottom <= frame.bottom; // the graph shows it
    });
    await other.context().close();
  },

  async "dark, and on a narrow window"() {
    for (const [name, colorScheme, width] of [["dark", "dark", 1440], ["narrow", "light", 820]]) {
      const page = await open(url + "/#panel=vitals", { clientCertificates, colorScheme, viewport: { width, height: 1000 } });
      const vitals = page.getByRole("tabpanel", { name: "Vitals" });
      await vitals.getByRole("combobox", { name: "Link to tap" }).selectOption({ label: "bed3 collector.out → bed3 check.in" });
      await vitals.getByRole("button", { name: "Tap", exact: true }).click();
      await vitals.getByText(/shown of [\d,]+, sampled/).waitFor();
      await page.waitForTimeout(process.env.WARDFLOW_SHOTS ? 6000 : 0); // for the picture
      assert.deepEqual(await faults(page), []);
      await shot(page, "vitals-" + name);
      await page.getByRole("tab", { name: "Tap" }).click();
      await page.getByRole("tabpanel", { name: "Tap" }).getByRole("cell", { name: /^heart rate/ }).first().waitFor();
      await shot(page, "tap-" + name);
      await page.context().close();
    }
  },

  async "nothing complained"() {
    assert.deepEqual(trouble, []);
  },
};

await run(steps);
