// Drives the page that `wardflow page` serves, in one's own name. Started by
// desk_test.go with one JSON argument: {link, away, shots}.

import assert from "node:assert/strict";
import { args, link, open, run, shot, trouble } from "./browser.mjs";

const api = (page, method, path, body) =>
  page.evaluate(
    async ([method, path, body]) => {
      const answer = await fetch("/api/v1" + path, { method, headers: body ? { "Content-Type": "application/json" } : {}, body: body ? JSON.stringify(body) : undefined });
      return { status: answer.status, body: await answer.text() };
    },
    [method, path, body],
  );

const steps = {
  async "the one-time link opens it, and the secret is gone from the address"() {
    steps.page = await open(link);
    await steps.page.getByRole("group", { name: "Hosts, actors and links" }).waitFor();
    assert.ok(!steps.page.url().includes("login="), steps.page.url());
    assert.match(steps.page.url(), /^http:\/\/wardflow-[a-z0-9]+\.localhost:\d+\//);
    await shot(steps.page, "desk");
  },

  async "it is the person's own, and signs"() {
    const { body } = await api(steps.page, "GET", "/session");
    const session = JSON.parse(body);
    assert.equal(session.signs, true);
    assert.equal(session.id.name, "admin");
    assert.ok(session.may.includes("deploy"));
  },

  async "what is deployed is signed, and seen to run by the stream"() {
    const made = await api(steps.page, "POST", "/apps", { name: "night", script: "x" });
    assert.equal(made.status, 201, made.body);
    await steps.page.getByRole("button", { name: /^Actor bed1 check, ward.RuleCheck/ }).nth(1).waitFor();
  },

  async "it lives on after a reload, in this browser only"() {
    await steps.page.reload();
    await steps.page.getByRole("group", { name: "Hosts, actors and links" }).waitFor();
    const other = await open(link);
    await other.getByRole("alert").waitFor();
    assert.equal((await api(other, "GET", "/status")).status, 401);
  },

  async "a page of another port, name or site gets nothing out of it"() {
    const here = new URL(link);
    for (const away of args.away.split(" ")) {
      const page = await open(away);
      for (const to of [here.origin, `http://127.0.0.1:${here.port}`, `http://localhost:${here.port}`]) {
        const got = await page.evaluate(async (to) => {
          const tries = [];
          for (const mode of ["cors", "no-cors"])
            for (const [method, path] of [["GET", "/api/v1/status"], ["POST", "/api/v1/apps"]])
              tries.push(
                await fetch(to + path, { method, mode, credentials: "include", body: method === "POST" ? "{}" : undefined }).then(
                  (r) => r.type + " " + r.status,
                  () => "refused",
                ),
              );
          return tries;
        }, to);
        for (const t of got) assert.ok(t === "refused" || t === "opaque 0", `${away} → ${to}: ${t}`);
      }
    }
  },

  async "nothing was amiss in the console"() {
    const faults = trouble.filter((t) => !/CORS|ERR_FAILED|ERR_BLOCKED_BY_RESPONSE|favicon/.test(t));
    assert.deepEqual(faults, []);
  },
};

await run(steps);
