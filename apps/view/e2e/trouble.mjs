// Drives the page of a cluster in trouble, as one of the staff. Started by
// page_test.go with one JSON argument: {url, cert, shots}. Its exit code is the
// result.

import assert from "node:assert/strict";
import path from "node:path";
import { cert, faults, open, run, shot, tab, trouble, url } from "./browser.mjs";

/** Makes the ward misbehave. */
const make = (how, what = "", why = "") =>
  steps.page.evaluate(async (query) => {
    const answer = await fetch("/misbehave?" + query, { method: "POST" });
    if (!answer.ok) throw new Error(await answer.text());
  }, new URLSearchParams({ how, what, why }).toString());

const steps = {
  async "staff comes in with a certificate"() {
    steps.page = await open(url, { clientCertificates: [{ origin: url, certPath: path.join(cert, "cert.pem"), keyPath: path.join(cert, "key.pem") }] });
    const { page } = steps;
    await page.getByRole("group", { name: "Hosts, actors and links" }).waitFor();
    assert.equal(await page.getByRole("heading", { name: /No majority/ }).count(), 0);
    await page.getByText("ward leads; 3 voters, one may fail").waitFor();
  },

  async "staff with the right sees what was refused: reason, clause, rule and block"() {
    await tab(steps.page, "Refused readings");
    const list = steps.page.getByRole("region", { name: "Refused readings" });
    await list.getByText("1.1 Cel is below 25 Cel").first().waitFor();
    await list.getByText("too low").first().waitFor();
    await list.getByText(/rule version 3, epoch 7, block #[\d,]+/).first().waitFor();
    assert.equal(await list.getByText("are shown to staff").count(), 0);
  },

  async "a shadow is dashed, and says what each host lacks"() {
    const { page } = steps;
    await make("lack");
    const card = page.getByRole("button", { name: /^Actor bed1 check, ward.RuleCheck on no host, shadow, .* because bedside: capability rules missing; records: zone differs/ });
    await card.waitFor();
    await card.getByText("ward: capability rules missing").waitFor();
    const look = await card.locator(".face").evaluate((e) => [getComputedStyle(e).strokeDasharray, getComputedStyle(e).fill]);
    assert.deepEqual(look, ["5px, 4px", "none"]);
    await page.getByText("On no host, until one joins that is fit").waitFor();
    await card.focus();
    await page.keyboard.press("Enter");
    const details = page.getByRole("region", { name: "Details" });
    await details.getByText("A shadow because").waitFor();
    await details.getByText("It starts by itself when a host joins that is fit.").waitFor();
    await shot(page, "shadow");
    await page.keyboard.press("Escape");
  },

  async "a spool shows on its link what waits, and how old it is"() {
    const { page } = steps;
    await make("spill", "1200");
    await page.getByRole("button", { name: /^Link bed1 collector\.out to bed1 spool of collector\.out\.token, .*1,200 on disk, oldest 7 min/ }).focus();
    await page.keyboard.press("Enter");
    const details = page.getByRole("region", { name: "Details" });
    await details.getByText("1,200 tokens, 372 kB").waitFor();
    await details.getByText("1.1 GB, then the oldest are dropped").waitFor();
    await page.keyboard.press("Escape");
  },

  async "staff drains a host: it looks so, and says who can't leave"() {
    const { page } = steps;
    await page.getByRole("button", { name: /^Host bedside, .* up, 15 actors/ }).focus();
    await page.keyboard.press("Enter");
    const details = page.getByRole("region", { name: "Details" });
    await details.getByText("If it is drained: 3 actors go elsewhere, 11 actors can't leave.").waitFor();
    await details.getByRole("button", { name: "Drain…" }).click();
    const asks = page.getByRole("dialog", { name: "Drain bedside" });
    await asks.getByText("3 actors go elsewhere, 11 actors can't leave").waitFor();
    await asks.getByRole("listitem").filter({ hasText: "bed1 collector" }).getByText("bedside to ward").waitFor();
    await shot(page, "drain");
    await page.keyboard.press("Escape"); // nothing is done
    await asks.waitFor({ state: "detached" });
    assert.equal(await page.getByRole("button", { name: /^Host bedside, .* up, 15 actors/ }).count(), 1);
    await details.getByRole("button", { name: "Drain…" }).click();
    await asks.getByRole("button", { name: "Drain bedside" }).click();
    const host = page.getByRole("button", { name: /^Host bedside, .* draining, 12 actors/ });
    await host.waitFor();
    await details.getByText("bed1 ecg: the device's certificate is bound to bedside").waitFor();
    await page.getByRole("region", { name: "The cluster" }).getByText("1 draining").waitFor();
    await shot(page, "draining");
    await details.getByRole("button", { name: "Take actors again…" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Take actors again" }).click();
    await page.getByRole("button", { name: /^Host bedside, .* up, 15 actors/ }).waitFor();
    await page.keyboard.press("Escape");
  },

  async "where nobody can leave, draining says so, and what it still does"() {
    const { page } = steps;
    await page.getByRole("button", { name: /^Host records, / }).focus();
    await page.keyboard.press("Enter");
    const details = page.getByRole("region", { name: "Details" });
    await details.getByText("If it is drained: nothing would move: the one actor there can't leave.").waitFor();
    await details.getByRole("button", { name: "Drain…" }).click();
    const asks = page.getByRole("dialog", { name: "Drain records" });
    await asks.getByText("Draining records only keeps new ones away").waitFor();
    await asks.getByRole("button", { name: "Keep new actors away" }).waitFor();
    assert.equal(await asks.getByRole("button", { name: "Drain records" }).count(), 0);
    await page.keyboard.press("Escape");
    await asks.waitFor({ state: "detached" });
    await page.keyboard.press("Escape");
  },

  async "staff moves an actor and lets it go; a move that can't be says why"() {
    const { page } = steps;
    const details = page.getByRole("region", { name: "Details" });
    await page.getByRole("button", { name: /^Actor bed2 check,/ }).focus();
    await page.keyboard.press("Enter");
    await details.getByRole("button", { name: "Move…" }).click();
    const asks = page.getByRole("dialog", { name: "Move bed2 check" });
    await asks.getByText("capability rules missing").waitFor();
    assert.equal(await asks.getByRole("radio", { name: /^bedside/ }).isDisabled(), true);
    assert.equal(await asks.getByRole("button", { name: "Move", exact: true }).isDisabled(), true); // no host is chosen
    await asks.getByRole("radio", { name: /^records/ }).check();
    await shot(page, "move");
    assert.deepEqual(await faults(page), []);
    await asks.getByRole("button", { name: "Move to records" }).click();
    await page.getByRole("button", { name: /^Actor bed2 check, ward.RuleCheck, moved by hand on records, running/ }).waitFor();
    await details.getByRole("button", { name: "Move or let go…" }).click();
    await asks.getByRole("radio", { name: /Let placement decide/ }).check();
    await asks.getByRole("button", { name: "Let placement decide" }).click();
    await page.getByRole("button", { name: /^Actor bed2 check, ward.RuleCheck on ward, running/ }).waitFor();

    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: /^Actor store,/ }).focus();
    await page.keyboard.press("Enter");
    await details.getByRole("button", { name: "Move…" }).click();
    const store = page.getByRole("dialog", { name: "Move store" });
    await store.getByText("store is bound to records").first().waitFor();
    assert.equal(await store.getByRole("radio", { name: /^ward/ }).isDisabled(), true);
    await store.getByText("No other host is fit for it.").waitFor();
    await page.keyboard.press("Escape");
    await store.waitFor({ state: "detached" });
    await details.getByRole("button", { name: "Move…" }).and(page.locator(":focus")).waitFor(); // back where it was
    await page.keyboard.press("Escape");
  },

  async "an actor is dragged onto a host: each host says whether it is fit, and the dialogue asks"() {
    const { page } = steps;
    const card = page.getByRole("button", { name: /^Actor bed2 check,/ });
    const asks = page.getByRole("dialog", { name: "Move bed2 check" });
    const tag = page.locator(".dragtag");
    const middle = async (of) => {
      const [b, f] = [await of.boundingBox(), await page.locator(".frame").boundingBox()];
      const between = (from, to, low, high) => (Math.max(from, low) + Math.min(to, high)) / 2;
      return [between(b.x, b.x + b.width, f.x, f.x + f.width), between(b.y, b.y + b.height, f.y, f.y + f.height)];
    };
    const over = async (host) => {
      await card.scrollIntoViewIfNeeded();
      // It may be on its way to another place: it is taken where it is found.
      const found = ([x, y]) => document.elementFromPoint(x, y)?.closest(".card")?.dataset.at === "card ward:bed2:check";
      let at = await middle(card);
      for (const end = Date.now() + 60000; !(await page.evaluate(found, at)) && Date.now() < end; ) at = await middle(card);
      await page.mouse.move(...at);
      await page.mouse.down();
      await page.mouse.move(...(await middle(page.locator(".host", { has: page.getByRole("button", { name: new RegExp("^Host " + host) }) }).locator(".box"))), { steps: 6 });
    };
    await over("bedside");
    await tag.getByText("bedside is not fit: capability rules missing").waitFor();
    await shot(page, "drag");
    await page.keyboard.press("Escape"); // nothing is asked, nothing is chosen
    await tag.waitFor({ state: "detached" });
    await page.mouse.up();
    assert.equal(await asks.count(), 0);
    assert.equal(await card.getAttribute("aria-pressed"), "false");

    await over("bedside");
    await tag.getByText(/not fit/).waitFor();
    await page.mouse.up();
    assert.equal(await asks.getByRole("radio", { name: /^bedside/ }).isDisabled(), true);
    assert.equal(await asks.getByRole("button", { name: "Move", exact: true }).isDisabled(), true);
    await page.keyboard.press("Escape");
    await asks.waitFor({ state: "detached" });

    await over("records");
    await tag.getByText("Move bed2 check to records").waitFor();
    await page.mouse.up();
    await asks.getByRole("radio", { name: /^records/, checked: true }).waitFor();
    assert.match(await card.getAttribute("aria-label"), / on ward, running/); // nothing moves before somebody says so
    await asks.getByRole("button", { name: "Move to records" }).click();
    await page.getByRole("button", { name: /^Actor bed2 check, ward.RuleCheck, moved by hand on records, running/ }).waitFor();
    await make("move", "ward:bed2:check", "");
    await page.getByRole("button", { name: /^Actor bed2 check, ward.RuleCheck on ward, running/ }).waitFor();
    assert.deepEqual(await page.locator(".dragged, .dragtag").evaluateAll((all) => all.map((e) => e.outerHTML)), []);
  },

  async "replicas are numbered, stacked, and as many as somebody asks for"() {
    const { page } = steps;
    await make("scale", "ward:bed3:check", "2");
    await page.getByRole("button", { name: /^Actor bed3 check, ward.RuleCheck, replica 1 of 2 on ward/ }).focus();
    await page.keyboard.press("Enter");
    const details = page.getByRole("region", { name: "Details" });
    const scale = async (to) => {
      await details.getByRole("button", { name: "Scale…" }).click();
      const asks = page.getByRole("dialog", { name: "Scale bed3 check" });
      await asks.getByRole("spinbutton").fill(to);
      await asks.getByRole("button", { name: "Have " + to }).click();
      await asks.waitFor({ state: "detached" });
    };
    await scale("3");
    await page.getByRole("button", { name: /^Actor bed3 check~3, ward.RuleCheck, replica 3 of 3 on ward/ }).waitFor();
    assert.equal(await page.locator(".card .behind").count(), 3);
    await shot(page, "replicas");
    await scale("2");
    await page.getByRole("button", { name: /^Actor bed3 check~3/ }).waitFor({ state: "detached" });
    await page.keyboard.press("Escape");
  },

  async "a suspected host looks so"() {
    const { page } = steps;
    await make("suspect", "records");
    await page.getByRole("button", { name: /^Host records, .* suspected, / }).waitFor();
    await page.getByText("◐ suspected").waitFor();
  },

  async "without a majority a banner says since when, who is missing, what goes on"() {
    const { page } = steps;
    await make("down", "records", "no answer");
    await page.getByText("ward leads; 3 voters, none may fail").waitFor();
    await make("down", "bedside", "no answer");
    const banner = page.getByRole("alert").filter({ has: page.getByRole("heading", { name: /^No majority of voters since \d\d:\d\d:\d\d, for \d+ s$/ }) });
    await banner.waitFor();
    await banner.getByText("1 of 3 voters answers, missing: bedside, records.").waitFor();
    await banner.getByText("What runs goes on where it is").waitFor();
    await banner.getByText("Nothing is placed, moved, deployed or stopped").waitFor();
    await page.getByRole("button", { name: /^Host ward/ }).focus();
    await page.keyboard.press("Enter");
    assert.equal(await page.getByRole("button", { name: "Drain" }).isDisabled(), true);
    await shot(page, "majority");
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await faults(page), [], colorScheme);
    }
    await shot(page, "majority-dark");
    await page.emulateMedia({ colorScheme: "light" });
    await make("up", "bedside");
    await banner.waitFor({ state: "detached" });
  },

  async "no fault in the console, nothing against the content policy"() {
    assert.deepEqual(trouble, []);
  },
};

await run(steps);
