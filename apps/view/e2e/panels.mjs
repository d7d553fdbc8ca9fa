// Drives the panels of the dock, as one of the staff. Started by panels_test.go
// with one JSON argument: {url, cert, link, shots}. Its exit code is the result.

import assert from "node:assert/strict";
import path from "node:path";
import { cert, faults, link, open, run, shot, tab, trouble, url } from "./browser.mjs";

/** Makes the ward misbehave. */
const make = (how, what = "", why = "") =>
  steps.page.evaluate(async (query) => {
    const answer = await fetch("/misbehave?" + query, { method: "POST" });
    if (!answer.ok) throw new Error(await answer.text());
  }, new URLSearchParams({ how, what, why }).toString());

const region = (name) => steps.page.getByRole("region", { name, exact: true });

/** Opens a panel, and takes its picture light and dark. */
async function look(name) {
  await tab(steps.page, name);
  const panel = region(name);
  await panel.waitFor();
  return panel;
}

async function pictures(name) {
  const { page } = steps;
  await shot(page, "panel-" + name);
  await page.emulateMedia({ colorScheme: "dark" });
  await shot(page, "panel-" + name + "-dark");
  await page.emulateMedia({ colorScheme: "light" });
}

const steps = {
  async "staff comes in with a certificate"() {
    steps.page = await open(url + "/#panel=alarms", {
      viewport: { width: 1440, height: 900 },
      clientCertificates: [{ origin: url, certPath: path.join(cert, "cert.pem"), keyPath: path.join(cert, "key.pem") }],
    });
    await steps.page.getByRole("group", { name: "Hosts, actors and links" }).waitFor();
  },

  async "where there is no alarm, it says what would be one"() {
    const panel = region("Alarms");
    await panel.getByText("No alarm.").waitFor();
    await panel.getByText("a stream has stopped, readings are late").waitFor();
  },

  async "an alarm goes on until it is over; one can look at its kind alone"() {
    const { page } = steps;
    await make("alarm", "late");
    await make("mend", "late");
    await make("alarm", "gap");
    await make("alarm", "silence");
    const panel = region("Alarms");
    const silence = panel.getByRole("row", { name: /silence/ });
    await silence.getByText("goes on").waitFor();
    await silence.getByText("nothing has come for 30 s").waitFor();
    await silence.getByText("collector bed1").waitFor();
    await panel.getByRole("row", { name: /gap/ }).getByText("never filled").waitFor();
    assert.equal(await panel.getByRole("row", { name: /late/ }).getByText("goes on").count(), 0);
    await page.getByRole("tab", { name: /^Alarms ?, 1 go on/ }).waitFor();
    await panel.getByRole("button", { name: "gap 1" }).click();
    assert.equal(await panel.getByRole("row", { name: /silence/ }).count(), 0);
    await panel.getByRole("button", { name: "All 3" }).click();
    await panel.getByRole("button", { name: "store" }).first().click();
    await page.getByRole("region", { name: "Details" }).getByRole("heading", { name: /store/ }).waitFor();
    await page.keyboard.press("Escape");
    await pictures("alarms");
  },

  async "the timeline says how each host was, when nobody watched, and who led"() {
    const { page } = steps;
    const panel = await look("Timeline");
    const lanes = panel.getByRole("img", { name: /^How the hosts were in the last 1 h/ });
    await lanes.waitFor();
    const spoken = await lanes.getAttribute("aria-label");
    assert.match(spoken, /bedside: .*not watched.*suspected.*it has not renewed its lease for 9s.*down.*no answer/);
    assert.match(spoken, /the cluster: no majority, from \d\d:\d\d:\d\d to \d\d:\d\d:\d\d, 40 s/);
    await panel.getByRole("button", { name: "As a list too" }).click();
    await panel.getByRole("row", { name: /bedside down no answer/ }).waitFor();
    await panel.getByRole("row", { name: /ward leads the register/ }).first().waitFor();
    await panel.getByRole("button", { name: "10 min" }).click();
    await panel.getByRole("img", { name: /last 10 min/ }).waitFor();
    await panel.getByRole("button", { name: "As lanes only" }).click();
    await panel.getByRole("button", { name: "1 h", exact: true }).click();
    await make("down", "records", "no answer");
    await panel.getByRole("img", { name: /records: .*down, from \d\d:\d\d:\d\d on, .*no answer/ }).waitFor();
    await pictures("timeline");
    await make("up", "records");
    await page.reload();
    await region("Timeline").getByRole("img", { name: /bedside: .*down/ }).waitFor(); // it survives that
  },

  async "certificates: the one that ends first is the first, and what needs somebody says what to do"() {
    const panel = await look("Certificates");
    await panel.getByText(/^\d+ certificates, asked at/).waitFor();
    const rows = panel.locator("tbody tr");
    await rows.first().getByText(/ending/).waitFor();
    await rows.first().getByText("connection refused").waitFor();
    await rows.first().getByText("bedside goes on asking").waitFor();
    await panel.getByRole("row", { name: /refused device/ }).getByText("it is revoked").waitFor();
    await panel.getByRole("row", { name: /Ministry of Health Root/ }).getByText("3 hosts").waitFor();
    const card = panel.getByRole("row", { name: /a card/ });
    assert.equal(await card.getByText("spiffe").count(), 0);
    await pictures("certificates");
    await panel.getByRole("button", { name: /needs somebody, 3/ }).click();
    await panel.getByText(/^3 of \d+, asked at/).waitFor();
    await panel.getByRole("button", { name: /needs somebody/ }).click();
    await panel.getByRole("searchbox", { name: "Find a certificate" }).fill("10.1.3.12 browsers");
    await panel.getByText(/^1 of \d+, asked at/).waitFor();
    await panel.getByRole("searchbox", { name: "Find a certificate" }).fill("nobody at all");
    await panel.getByRole("button", { name: "Show all" }).click();
    await panel.getByText(/^\d+ certificates, asked at/).waitFor();
  },

  async "the chain as each host reads it; one that can't judge says why"() {
    const { page } = steps;
    const panel = await look("Chain");
    await panel.getByRole("row", { name: /ward natively/ }).waitFor();
    await panel.getByText("ready", { exact: true }).waitFor();
    await make("unready", "yes");
    const records = panel.getByRole("row", { name: /^records/ });
    await records.getByText("readings wait").waitFor();
    await records.getByText("212 behind").waitFor();
    await records.getByText("the chain does not answer").waitFor();
    await panel.getByText("1 of 2 hosts can't judge").waitFor();
    await pictures("chain");
    await make("unready");
    await panel.getByText("1 of 2 hosts can't judge").waitFor({ state: "detached" });
    assert.equal(await page.getByRole("tab", { name: /^Chain/ }).getByText("not ready").count(), 0);
  },

  async "refused readings are counted by actor and reason, and a count shows which"() {
    const panel = await look("Refused readings");
    const counts = panel.getByRole("group", { name: "Counts by actor and reason" });
    await counts.getByRole("row", { name: /^bed1 check/ }).getByText(/version 3, epoch 7, block #/).waitFor();
    await panel.getByText("412 /min is above 300 /min").first().waitFor();
    await pictures("refusals");
    await counts.getByRole("button", { name: /refused in all: too low/ }).click();
    await panel.getByText(/^\d of the last \d: too low\./).waitFor();
    assert.equal(await panel.getByText("412 /min is above 300 /min").count(), 0);
    await panel.getByRole("button", { name: "Show all" }).click();
    await panel.getByText("412 /min is above 300 /min").first().waitFor();
  },

  async "what happened can be narrowed down: to hosts, to words, to trouble"() {
    const { page } = steps;
    const panel = await look("What happened");
    await panel.getByText("records went down: no answer").waitFor();
    await panel.getByText("ward was deployed").waitFor();
    await pictures("events");
    const filter = panel.getByRole("search", { name: "Filter what happened" });
    await filter.getByRole("button", { name: "hosts" }).click();
    await panel.getByText("ward was deployed").waitFor({ state: "detached" });
    await filter.getByRole("searchbox").fill("RECORDS no answer");
    assert.equal(await panel.locator("tbody tr").count(), 1);
    await filter.getByRole("searchbox").fill("");
    await filter.getByRole("button", { name: /trouble only/ }).click();
    assert.equal(await panel.getByText("came up").count(), 0);
    await filter.getByRole("button", { name: "readings" }).click();
    await panel.getByText("Nothing of that kind").waitFor();
    await panel.getByRole("button", { name: "Show everything" }).click();
    await panel.getByText("ward was deployed").waitFor();
    await filter.getByRole("combobox", { name: "Host" }).selectOption("records");
    assert.equal(await panel.getByText("bedside came up").count(), 0);
    await panel.getByRole("button", { name: "records" }).first().click();
    await page.getByRole("region", { name: "Details" }).getByRole("heading", { name: "records" }).waitFor();
    await page.keyboard.press("Escape");
  },

  async "all of it by keyboard: from tab to tab, and into a panel"() {
    const { page } = steps;
    await page.getByRole("tab", { name: /^What happened/ }).focus();
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction(() => document.activeElement?.getAttribute("role") === "tab" && document.activeElement.getAttribute("aria-selected") === "true");
    assert.equal(await page.getByRole("tab", { selected: true }).innerText(), await page.evaluate(() => document.activeElement.innerText));
  },

  async "axe finds no fault in any of them, light or dark"() {
    const { page } = steps;
    for (const name of ["Alarms", "Timeline", "Certificates", "Chain", "Refused readings", "What happened"]) {
      const panel = await look(name);
      await panel.locator(".none, table, svg").first().waitFor();
      for (const colorScheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme });
        assert.deepEqual(await faults(page), [], name + ", " + colorScheme);
      }
    }
    await page.emulateMedia({ colorScheme: "light" });
  },

  async "narrow: the page itself does not scroll sideways"() {
    const { page } = steps;
    await page.setViewportSize({ width: 820, height: 1100 });
    for (const name of ["Timeline", "Certificates", "Chain", "Refused readings", "What happened", "Alarms"]) {
      await look(name);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.equal(wide, 0, name);
      await shot(page, "panel-narrow-" + name.split(" ")[0].toLowerCase());
    }
  },

  async "who came by a one-time link sees no device in alarms"() {
    const page = await open(link);
    await page.getByRole("group", { name: "Hosts, actors and links" }).waitFor();
    await tab(page, "Alarms");
    const panel = page.getByRole("region", { name: "Alarms", exact: true });
    await panel.getByText("Devices are shown to staff").waitFor();
    assert.equal(await panel.getByText("3414").count(), 0);
    assert.equal(await panel.getByText("nothing has come for 30 s").count(), 0);
    await page.context().close();
  },

  async "no fault in the console, nothing against the content policy"() {
    assert.deepEqual(trouble, []);
  },
};

await run(steps);
