// Drives the mock devices of the ward, as one of the staff. Started by
// mocks_test.go with one JSON argument: {url, cert, link, shots}. Its exit code
// is the result.

import assert from "node:assert/strict";
import path from "node:path";
import { cert, faults, link, open, run, shot, tab, trouble, url } from "./browser.mjs";

const tile = (name) => steps.page.getByRole("article", { name, exact: true });

const steps = {
  async "staff comes in with a certificate, and sees the devices"() {
    steps.page = await open(url + "/#panel=mocks", {
      viewport: { width: 1440, height: 900 },
      clientCertificates: [{ origin: url, certPath: path.join(cert, "cert.pem"), keyPath: path.join(cert, "key.pem") }],
    });
    await steps.page.getByRole("region", { name: "Mock devices" }).waitFor();
    await tile("bed-1-temp").getByText("its own signal").waitFor();
    await tile("io.buzzer").getByText("written 3 ×").waitFor();
    await steps.page.getByRole("button", { name: "Panels over the whole page" }).click();
  },

  async "a slider holds a sensor, and it is let go"() {
    const temp = tile("bed-1-temp");
    const slider = temp.getByRole("slider", { name: "bed-1-temp of bedside, Cel" });
    await slider.fill("39.4");
    await temp.getByText("held by hand").waitFor();
    await temp.getByText("39.4 Cel").waitFor();
    await slider.focus();
    await steps.page.keyboard.press("ArrowRight");
    await temp.getByText("39.5 Cel").waitFor();
    await temp.getByText("driven by admin").waitFor();
    await temp.getByRole("button", { name: "Let go of bed-1-temp" }).click();
    await temp.getByText("its own signal").waitFor();
  },

  async "what it can't be is refused, and said at the device"() {
    const temp = tile("bed-1-temp");
    const number = temp.getByRole("spinbutton", { name: "bed-1-temp of bedside, as a number" });
    await number.fill("480");
    await number.press("Enter");
    await temp.getByRole("alert").getByText("480 is not within 25 and 45").waitFor();
    await number.fill("38");
    await number.press("Enter");
    await temp.getByRole("alert").waitFor({ state: "detached" });
  },

  async "a button is held down with the keyboard, a switch is thrown, a knob turned, a line entered"() {
    const { page } = steps;
    const button = tile("io.button").getByRole("button", { name: "Press io.button" });
    await button.focus();
    await page.keyboard.down("Space");
    await tile("io.button").getByText("Pressed", { exact: true }).waitFor();
    await page.keyboard.up("Space");
    await tile("io.button").getByText("Press", { exact: true }).waitFor();
    const toggle = tile("io.switch").getByRole("switch");
    await toggle.click();
    await tile("io.switch").getByRole("switch", { checked: true }).waitFor();
    await tile("io.knob").getByRole("button", { name: "One step clockwise" }).click();
    await tile("io.knob").getByText("one step clockwise").waitFor({ state: "attached" });
    await tile("io.stdin").getByRole("textbox").fill("good morning");
    await tile("io.stdin").getByRole("textbox").press("Enter");
    await tile("io.stdin").getByText("good morning").first().waitFor();
  },

  async "a device goes wrong for a time, and is mended"() {
    const hr = tile("bed-1-hr");
    await hr.getByRole("button", { name: "Go wrong…" }).click();
    await hr.getByRole("radio", { name: /^drift/ }).check();
    await hr.getByRole("spinbutton", { name: /a minute/ }).fill("20");
    await shot(steps.page, "mocks-fault");
    await hr.getByRole("button", { name: "Make it drift" }).click();
    await hr.getByText(/▲ drift \+20\/min, \d+ s left/).waitFor();
    await hr.getByRole("button", { name: "Mend" }).click();
    await hr.getByText(/▲ drift/).waitFor({ state: "detached" });
    await tile("io.light").getByRole("button", { name: "Go wrong…" }).click();
    assert.equal(await tile("io.light").getByRole("radio").count(), 2);
    await tile("io.light").getByRole("button", { name: "Not now" }).click();
  },

  async "a story is played, and a file"() {
    const temp = tile("bed-1-temp");
    await temp.getByRole("button", { name: "Play…" }).click();
    await temp.getByRole("combobox", { name: "play", exact: true }).selectOption({ label: "a fever that rises, 180 s" });
    await temp.getByRole("button", { name: "Play it" }).click();
    await temp.getByText("plays a fever that rises").waitFor();

    const hr = tile("bed-1-hr");
    await hr.getByRole("button", { name: "Play…" }).click();
    const file = (name, text) => ({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
    await hr.getByRole("combobox", { name: "play", exact: true }).selectOption("-1");
    await hr.getByLabel("A file to play").setInputFiles(file("words.csv", "a,b\nx,y\n"));
    await hr.getByRole("alert").getByText("There is no column of numbers in it.").waitFor();
    await hr.getByLabel("A file to play").setInputFiles(file("night.csv", "Time [s], HR, SpO2\n0,71,97\n1,72,97\n2,,96\n"));
    await hr.getByText("At the pace of its times.").waitFor();
    assert.deepEqual(await hr.getByRole("combobox", { name: "its column" }).getByRole("option").allTextContents(), ["HR, 2 values", "SpO2, 3 values"]);
    await hr.getByRole("button", { name: "Play it" }).click();
    await hr.getByText("plays night.csv HR").waitFor();
  },

  async "only those that are driven are shown, and all are let go"() {
    const { page } = steps;
    await page.getByRole("button", { name: /^▲ Driven, 2/ }).click();
    assert.equal(await page.getByRole("article").count(), 2);
    await shot(page, "mocks-driven");
    await page.getByRole("button", { name: "Let all go" }).click();
    await page.getByText("None of that kind.").waitFor();
    await page.getByRole("button", { name: "Show all" }).click();
    await tile("io.buzzer").waitFor();
  },

  async "axe finds no fault, light and dark"() {
    const { page } = steps;
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await shot(page, "mocks-" + colorScheme);
      assert.deepEqual(await faults(page), []);
    }
    await page.setViewportSize({ width: 820, height: 1100 });
    await shot(page, "mocks-narrow");
    assert.deepEqual(trouble.filter((t) => !t.includes("status of 400")), []); // one drive was refused
  },

  async "who came by a one-time link sees devices, and not what they say"() {
    const page = await open(link);
    await page.getByRole("group", { name: "Hosts, actors and links" }).waitFor();
    await tab(page, "Mock devices");
    const temp = page.getByRole("article", { name: "bed-1-temp" });
    await temp.getByText("hidden").waitFor();
    assert.equal(await temp.getByRole("slider").count(), 0);
    await page.getByText("takes the right to mock").waitFor();
    await shot(page, "mocks-viewer");
    await page.context().close();
  },
};

await run(steps);
