// Writes, plans and stops scripts in the page, before a ward that only looks
// alive. Started by editor_test.go with one JSON argument: {url, cert, link,
// shots}. Its exit code is the result.

import assert from "node:assert/strict";
import path from "node:path";
import { cert, faults, link, open, run, shot, tab, trouble, url } from "./browser.mjs";

const panel = () => steps.page.getByRole("region", { name: "Scripts", exact: true });
const editor = () => panel().getByRole("textbox", { name: /^Script of / });
const aside = (name) => panel().getByRole("tab", { name: new RegExp("^" + name) }).click();

/** Puts a text into the editor, as somebody who types. */
async function write(text) {
  const { page } = steps;
  await editor().click();
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Delete");
  await page.keyboard.insertText(text);
}

/**
 * Goes to an offer with the arrows. The editor does not heed them in the first
 * moment after the list has come, when they may be meant for the text.
 */
async function choose(name) {
  const { page } = steps;
  const chosen = panel().getByRole("option", { name, selected: true });
  for (let tries = 0; tries < 30 && (await chosen.count()) === 0; tries++) {
    if ((await panel().getByRole("option").count()) === 0) {
      await page.keyboard.press("Control+Space");
      await panel().getByRole("option").first().waitFor();
    }
    await page.keyboard.press("ArrowDown");
    await chosen.waitFor({ timeout: 1000 }).catch(() => {}); // the loop looks again
  }
  assert.equal(await chosen.count(), 1);
}

const steps = {
  async "staff opens the panel, which fetches the editor then and not before"() {
    steps.page = await open(url, { clientCertificates: [{ origin: url, certPath: path.join(cert, "cert.pem"), keyPath: path.join(cert, "key.pem") }] });
    const { page } = steps;
    await page.getByRole("group", { name: "Hosts, actors and links" }).waitFor();
    const fetched = () => page.evaluate(() => performance.getEntriesByType("resource").map((r) => r.name).filter((n) => /Scripts-/.test(n)).length);
    assert.equal(await fetched(), 0);
    await tab(page, "Scripts");
    await panel().getByText("Choose an application").waitFor();
    assert.notEqual(await fetched(), 0);
  },

  async "the script of what runs opens; a mistake is marked, told and explained"() {
    const { page } = steps;
    await panel().getByRole("list", { name: "Applications" }).getByRole("button", { name: /^ward/ }).click();
    await editor().getByText("/* ward */").waitFor();
    await write("# a bed\npulse : nosuch()\n");
    await panel().getByRole("list", { name: "Mistakes and warnings" }).getByText("unknown actor type nosuch").waitFor();
    await editor().locator(".cm-lintRange-error").waitFor();
    await shot(page, "editor-mistake");
    await panel().getByRole("button", { name: /^Why\? WF0102/ }).click();
    await panel().getByText("There is no actor type of that name.").waitFor();
    await panel().getByText('pulse : ward.Sensor(device="a")').waitFor();
  },

  async "what could stand there is offered, and taken with the keyboard"() {
    const { page } = steps;
    await write("pulse : ");
    await page.keyboard.type("ward.S");
    await panel().getByRole("option", { name: /ward\.Sensor/ }).waitFor();
    await shot(page, "editor-completion");
    await choose(/ward\.Store/);
    await choose(/ward\.Sensor/);
    await page.keyboard.press("Enter");
    await editor().getByText("pulse : ward.Sensor()").waitFor();
    await aside("Mistakes");
    await panel().getByText("Nothing is wrong with it").waitFor();
  },

  async "a type from the list comes to the cursor"() {
    await aside("Actor types");
    await panel().getByRole("searchbox", { name: "Find an actor type" }).fill("keep");
    const store = panel().getByRole("list", { name: "Actor types" }).getByRole("listitem");
    await store.getByText("ward.Store").click();
    await store.getByText("needs a host that offers store").waitFor();
    assert.equal(await store.count(), 1);
    await panel().getByRole("button", { name: "Insert ward.Store at the cursor" }).click();
    await editor().getByText("store : ward.Store()").waitFor();
  },

  async "the one style is a key away, and undone with another"() {
    const { page } = steps;
    await write("# spaces   \nlog : io.Log()");
    await page.keyboard.press("Shift+Alt+f");
    await panel().getByText("# spaces").waitFor();
    const text = () => editor().evaluate((e) => [...e.querySelectorAll(".cm-line")].map((l) => l.textContent).join("\n"));
    await page.waitForFunction(() => !document.querySelector(".writing").shadowRoot.querySelector(".cm-line").textContent.endsWith(" "));
    assert.equal(await text(), "# spaces\nlog : io.Log()\n");
    await page.keyboard.press("Control+z");
    assert.equal(await text(), "# spaces   \nlog : io.Log()");
  },

  async "a plan says what would change, and goes stale with the text"() {
    const { page } = steps;
    await write("# stricter, and quiet\n");
    await page.keyboard.press("Control+Enter");
    await panel().getByRole("heading", { name: "ward: 1 stops, 1 changes, 17 stay" }).waitFor();
    await panel().getByRole("list", { name: "Stops" }).getByText("log", { exact: true }).waitFor();
    await panel().getByRole("list", { name: "Changes where it runs" }).getByText("argument max was 3 and is 4").waitFor();
    await panel().getByText("To deploy it, sign it.").waitFor();
    assert.equal(await panel().getByRole("button", { name: /^Deploy/ }).count(), 0);
    await shot(page, "plan");
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await faults(page), [], colorScheme);
    }
    await page.setViewportSize({ width: 820, height: 1100 });
    await shot(page, "plan-dark-narrow");
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.emulateMedia({ colorScheme: "light" });
    await editor().click();
    await page.keyboard.insertText("# more\n");
    await panel().getByText("The script has changed since.").waitFor();
  },

  async "a script that no host can run is refused in words"() {
    await write("# nowhere\n");
    await panel().getByRole("button", { name: "Plan", exact: true }).click();
    await panel().getByRole("alert").getByText("needs the capability io.gpio, which no node offers").waitFor();
  },

  async "a key tells about the name at the cursor"() {
    const { page } = steps;
    await editor().click();
    await page.keyboard.press("F1");
    await panel().getByRole("region", { name: "Explanation" }).getByText(/^line \d+ of ward\.calvin$/).waitFor();
    await editor().getByText("# nowhere").hover();
    await panel().locator(".cm-tooltip-hover").getByText(/^line 1 of ward\.calvin$/).waitFor();
  },

  async "a file of this machine opens with what it includes, and is put away again"() {
    const { page } = steps;
    await panel().locator("nav input[type=file]").setInputFiles({ name: "night shift.calvin", mimeType: "text/plain", buffer: Buffer.from("include lamps\nlog : io.Log()\n") });
    await panel().getByRole("list", { name: "Drafts" }).getByRole("button", { name: /^night_shift/ }).waitFor();
    await editor().getByText("include lamps").waitFor();
    await aside("Included");
    await panel().getByText("lamps is included and not here: add lamps.calvin.").waitFor();
    await panel().locator(".aside input[type=file]").setInputFiles({ name: "lamps.calvin", mimeType: "text/plain", buffer: Buffer.from("# lamps\n") });
    await panel().getByRole("list", { name: "Included texts" }).getByText("lamps.calvin").waitFor();
    await panel().getByRole("button", { name: "Plan", exact: true }).click();
    await panel().getByRole("heading", { name: /^night_shift: 19 start/ }).waitFor();
    page.once("dialog", (d) => void d.accept());
    await panel().getByRole("button", { name: "Close night_shift" }).click();
    await panel().getByRole("list", { name: "Drafts" }).waitFor({ state: "detached" });
    await panel().getByRole("list", { name: "Applications" }).getByRole("button", { name: /^ward/ }).click();
  },

  async "what is half written outlives its tab"() {
    const { page } = steps;
    await tab(page, "Links");
    await tab(page, "Scripts");
    await editor().getByText("# nowhere").waitFor();
    await panel().getByRole("button", { name: /^ward .*changed here/ }).waitFor();
  },

  async "stopping asks for the name, and says what ends"() {
    const { page } = steps;
    await panel().getByRole("button", { name: "Stop…" }).click();
    const asks = page.getByRole("dialog", { name: "Stop ward" });
    await asks.getByText("19 actors").waitFor();
    await asks.getByText("on bedside, records, ward end, with 20 links").waitFor();
    assert.equal(await asks.getByRole("button", { name: "Stop ward" }).isDisabled(), true);
    await shot(page, "stop");
    assert.deepEqual(await faults(page), []);
    await asks.getByRole("textbox").fill("ward");
    await asks.getByRole("button", { name: "Stop ward" }).click();
    await panel().getByText("Nothing runs yet").waitFor();
  },

  async "who only watches reads why nothing can be done"() {
    const page = await open(link);
    await page.getByRole("button", { name: /^Host bedside/ }).focus();
    await page.keyboard.press("Enter");
    const details = page.getByRole("region", { name: "Details" });
    await details.getByText("You only watch here: log in with a staff certificate to change anything.").waitFor();
    await details.getByRole("button", { name: "Drain…" }).click({ force: true });
    assert.equal(await page.getByRole("dialog").count(), 0);
    await page.context().close();
  },

  async "no fault in the console, nothing against the content policy"() {
    assert.deepEqual(trouble, []);
  },
};

await run(steps);
