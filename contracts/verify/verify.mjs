// The second verifier of Wardflow's bundles (wardflow.proof/2): plain node, no packages. It knows the forms and none of the
// Go code, and comes to the same verdict. What is in a bundle, and why, is told in runtime/evidence/doc.go.
//   node verify.mjs BUNDLE TRUST.pem [--witnesses N] [--block HASH]... [--list CRL.der]...   exits with 0 proved, 1 not, 2 used wrongly
import { createHash, createPublicKey, verify, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
let part; // which part of the bundle is looked at
const must = (ok, code, why) => { if (!ok) throw Object.assign(new Error(`${part}: ${why} (${code})`), { refused: code }); };
const sha = (...bs) => bs.reduce((h, b) => h.update(b), createHash("sha256")).digest(), hex = (b) => b.toString("hex"), bytes = (s) => Buffer.from(s, "base64"), big = (b) => BigInt("0x0" + hex(b));
// CBOR in its one deterministic form (RFC 8949, section 4.2.1). Integers are BigInt, maps Map, a tag is {tag, of}.
function cbor(b) {
  let i = 0;
  const form = (ok) => must(ok, "form", "not deterministic CBOR"), take = (n) => { form(n <= b.length - i); return b.subarray(i, (i += Number(n))); };
  const item = (depth) => {
    const [first] = take(1), major = first >> 5, width = [1, 2, 4, 8][(first & 31) - 24];
    form(depth < 9 && ((first & 31) < 24 || (width && major < 7)));
    const n = width ? big(take(width)) : BigInt(first & 31);
    form(!width || (width === 1 ? n > 23n : n >> BigInt(4 * width) > 0n));
    if (major < 2) return major ? -1n - n : n; else if (major < 4) return major === 2 ? Buffer.from(take(n)) : new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(take(n));
    if (major === 6) return { tag: n, of: item(depth + 1) };
    if ((form(n <= 4096n && (major < 7 || n === 20n || n === 21n)), major === 7)) return n === 21n;
    const items = Array.from({ length: Number(n) }, () => { const at = i, key = item(depth + 1); return major === 4 ? key : [b.subarray(at, i), key, item(depth + 1)]; });
    return form(major === 4 || items.every((m, k) => !k || Buffer.compare(items[k - 1][0], m[0]) < 0)), major === 4 ? items : new Map(items.map(([, key, v]) => [key, v]));
  };
  return ((v) => (form(i === b.length), v))(item(0));
}
// The values under keys 1, 2, … of a map: Numbers, Bytes, Strings, Arrays, bOols, Tags; "-" is one left out, "?" an array or none.
const kinds = { n: (v) => typeof v === "bigint", b: Buffer.isBuffer, s: (v) => typeof v === "string", a: Array.isArray, o: (v) => typeof v === "boolean", t: (v) => v?.tag, "-": (v) => v === undefined, "?": (v) => v === undefined || Array.isArray(v) };
function fields(b, types) {
  const m = cbor(b), out = [...types].map((_, i) => m instanceof Map && m.get(BigInt(i + 1))); return must([...types].every((t, i) => kinds[t](out[i])) && m.size === out.filter((v) => v !== undefined).length && out[0] === 1n, "form", "other fields than it should have"), out;
}
// COSE_Sign1 with ES256 (RFC 9052). Header 4 names the certificate by its hash, 33 is the chain itself.
function cose(b, what, external, label = 4n) {
  const v = cbor(b), [head, free, payload, signature] = Array.isArray(v?.of) ? v.of : [], h = Buffer.isBuffer(head) && cbor(head);
  must(v?.tag === 18n && v.of.length === 4 && h instanceof Map && free instanceof Map && !free.size && Buffer.isBuffer(payload) && signature?.length === 64, "form", "not a COSE_Sign1");
  must(h.size === 3 && h.get(1n) === -7n && h.get(3n) === `application/vnd.wardflow.${what}+cbor` && h.has(label), "form", `not the header of a ${what}`);
  const sized = (n, major, width = n < 24 ? 0 : n < 256 ? 1 : n < 65536 ? 2 : 4) => [Buffer.from([major | (width ? 24 + (width >> 1) : n)]), Buffer.from(n.toString(16).padStart(8, "0"), "hex").subarray(4 - width)];
  const signed = Buffer.concat([Buffer.from([0x84]), ...["Signature1", head, Buffer.from(external), payload].flatMap((v, i) => [...sized(v.length, i ? 0x40 : 0x60), Buffer.from(v)])]);
  return { payload, by: h.get(label), holds: (cert) => verify("sha256", signed, { key: cert.publicKey, dsaEncoding: "ieee-p1363" }, signature) };
}
// Merkle trees (RFC 9162, section 2.1).
const leafOf = (...bs) => sha(Buffer.from([0]), ...bs), above = (l, r) => sha(Buffer.from([1]), l, r);
function rootOf(hash, index, size, path) {
  for (let last = (must(index < size, "root", `no place ${index} among ${size}`), size - 1n); last > 0n; last >>= 1n, index >>= 1n) {
    if (!(index & 1n) && index === last) continue; // at the right edge, with nobody beside
    must(path.length, "root", "the path is too short"), (hash = index & 1n ? above(path[0], hash) : above(hash, path[0])), (path = path.slice(1));
  }
  return must(!path.length, "root", "the path is too long"), hash;
}
const hashes = (b) => Array.from({ length: Math.ceil(b.length / 32) }, (_, i) => b.subarray(32 * i, 32 * i + 32));
// Ethereum: Keccak-256, RLP, and the way down a Merkle Patricia tree.
function keccak(b) {
  const all = (1n << 64n) - 1n, rot = (x, n) => ((x << BigInt(n)) | (x >> BigInt(64 - n))) & all, s = Array(25).fill(0n), p = Buffer.concat([b, Buffer.alloc(136 - (b.length % 136))]);
  (p[b.length] ^= 1), (p[p.length - 1] ^= 0x80);
  for (let at = 0; at < p.length; at += 136) { for (let i = 0; i < 17; i++) s[i] ^= p.readBigUInt64LE(at + 8 * i);
    for (let round = 0, bits = 1; round < 24; round++) {
      const c = [0, 1, 2, 3, 4].map((x) => s[x] ^ s[x + 5] ^ s[x + 10] ^ s[x + 15] ^ s[x + 20]);
      for (let i = 0; i < 25; i++) s[i] ^= c[(i + 4) % 5] ^ rot(c[(i + 1) % 5], 1);
      for (let t = 1, x = 1, y = 0, last = s[1]; t < 25; t++) ([x, y] = [y, (2 * x + 3 * y) % 5]), ([last, s[x + 5 * y]] = [s[x + 5 * y], rot(last, ((t * (t + 1)) / 2) % 64)]);
      for (let y = 0; y < 25; y += 5) s.splice(y, 5, ...s.slice(y, y + 5).map((v, x, r) => v ^ (~r[(x + 1) % 5] & all & r[(x + 2) % 5])));
      for (let j = 0; j < 7; j++, bits = (bits << 1) ^ (bits >> 7 ? 0x171 : 0)) if (bits & 1) s[0] ^= 1n << BigInt((1 << j) - 1);
    }
  }
  return Buffer.concat(s.slice(0, 4).map((v) => Buffer.from(v.toString(16).padStart(16, "0"), "hex").reverse()));
}
function rlp(b, among = false) { // byte strings are Buffers, lists arrays; among others, with the place of the next
  const [f] = b, n = f & 63, long = f > 0x7f && n > 55 ? n - 55 : 0, from = f < 0x80 ? 0 : 1 + long, end = f < 0x80 ? 1 : from + (long ? Number(big(b.subarray(1, from))) : n);
  must(b.length && (among ? end <= b.length : end === b.length), "root", "not RLP");
  let v = b.subarray(from, end); if (f >= 0xc0) for (let rest = v, one, next = (v = []) && 0; rest.length; rest = rest.subarray(next)) ([one, next] = rlp(rest, true)), v.push(one);
  return among ? [v, end] : v;
}
function walk(root, key, nodes) { // to the value under a key; each node must be on the way
  let [want, path] = [root, hex(key)];
  while (path !== null) {
    const n = Buffer.isBuffer(want) && nodes.length && keccak(nodes[0]).equals(want) ? rlp(nodes.shift()) : want;
    must(Array.isArray(n), "root", "the tree of receipts has another node");
    if (n.length === 17) { (want = path ? n[parseInt(path[0], 16)] : n[16]), (path = path ? path.slice(1) : null); continue; }
    const flags = hex(n[0]), kind = parseInt(flags[0], 16), rest = flags.slice(kind & 1 ? 1 : 2);
    must(path.startsWith(rest) && (kind < 2 || path === rest), "root", "the block has no such transaction");
    (want = n[1]), (path = kind < 2 ? path.slice(rest.length) : null);
  }
  return must(!nodes.length && want.length, "root", "more nodes than the way has"), want;
}
// The account of a log says whose certificate signs its heads: ECDSA by secp256k1 over SHA-256. Two numbers are the key, two the signature.
function claims(claim, log, chain, ...text) {
  const x = (s) => Buffer.from(s, "hex"), spki = Buffer.concat([x("3056301006072a8648ce3d020106052b8104000a03420004"), claim.subarray(0, 64)]), said = Buffer.concat([Buffer.from("wardflow.logclaim/1"), x(chain.toString(16).padStart(16, "0")), ...text]);
  if (claim.length !== 128 || !keccak(claim.subarray(0, 64)).subarray(12).equals(log) || big(claim.subarray(96)) > 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n) return false; // the lower of two that would do
  try { return verify("sha256", said, { key: createPublicKey({ key: spki, format: "der", type: "spki" }), dsaEncoding: "ieee-p1363" }, claim.subarray(64)); } catch { return false; } // no point of the curve
}
// Certificates and lists of revocations: what node leaves to us of X.509. Times are ns since 1970.
function der(b) { // the elements that stand one after the other
  const long = b[1] > 127 ? b[1] & 127 : 0, from = 2 + long, end = from + (long ? Number(big(b.subarray(2, from))) : b[1]); return b.length === 0 ? [] : [{ tag: b[0], body: b.subarray(from, end), raw: b.subarray(0, end) }, ...der(b.subarray(end))];
}
const inside = (b, ...way) => way.reduce((e, i) => der(e.body ?? e)[i], b), time = (s) => BigInt(Date.parse(s)) * 1000000n;
const derTime = (t) => time(t.body.toString().replace(/^(\d\d)?(\d\d)(..)(..)(..)(..)(..)Z$/, (_, c, y, ...d) => `${c ?? (y < "50" ? 20 : 19)}${y}-${d[0]}-${d[1]}T${d[2]}:${d[3]}:${d[4]}Z`));
const extension = (c, oid) => der(inside(der(inside(c.raw, 0, 0).body).find((f) => f.tag === 0xa3).body, 0).body).map((e) => der(e.body)).find((e) => hex(e[0].body) === oid)?.at(-1).body;
const domains = (ca) => der(inside(extension(ca, "551d1e") ?? Buffer.from([0x30, 0]), 0).body).filter((p) => p.tag === 0xa0) // permitted URIs
  .flatMap((p) => der(p.body)).map((p) => inside(p.body, 0)).filter((n) => n.tag === 0x86).map((n) => n.body.toString());
const open = (d) => { try { const c = new X509Certificate(d); if (typeof d === "string" || c.raw.equals(d)) return c; } catch {} must(false, "certificate", "not a certificate"); };
const keyOf = (c) => hex(sha(c.publicKey.export({ type: "spki", format: "der" }))), roots = [], issuers = [], revoked = new Map();
const signedBy = (c, ca) => ca.ca && c.checkIssued(ca) && c.verify(ca.publicKey), uses = { node: "2,1", device: "2", collector: "2,1", patient: "2.1" };
function identify(chain, at, until = at) { // who it was that held then, and was not revoked until another time
  const no = (ok, why) => must(ok, "certificate", `${chain[0].subject.replaceAll("\n", ", ")} ${why}`), top = chain.at(-1), root = roots.find((r) => r.raw.equals(top.raw) || signedBy(top, r));
  no(root && chain.length > 1 && chain.slice(2).every((c) => c.subject === c.issuer) && chain.every((c, i) => !i || signedBy(chain[i - 1], c)), "leads to no root that is believed");
  no([...chain, root].every((c) => time(c.validFrom) <= at && at <= time(c.validTo)), "does not hold at that time");
  const [, uri, domain, role, name] = /^URI:(spiffe:\/\/([a-z0-9.-]+)\/([a-z]+)\/(?:[^,/]+\/)?([^,/]+))$/.exec(chain[0].subjectAltName ?? "") ?? [];
  no(uri && !chain[0].ca && domains(chain[1]).includes(domain) && issuers.some((c) => domains(c).includes(domain)) && domain.startsWith("people.") === (role === "patient"), "has a name that its authority can't give");
  no(chain[0].keyUsage?.map((o) => o.replace(/^1\.3\.6\.1\.(5\.5\.7\.3|4\.1\.32473)\./, "")).sort().reverse().join() === uses[role], "is for something else");
  for (const [c, by] of [[chain[0], chain[1]], [chain[1], chain[2] ?? root]]) no(!(revoked.get(keyOf(by))?.gone.get(BigInt("0x" + c.serialNumber)) <= until), "was revoked");
  const group = extension(chain[0], "2b0601040181fd590102");
  return { uri, role, name, epc: /serialNumber=(\w+)/.exec(chain[0].subject)?.[1], domain, room: group && inside(group, 0).body.toString().split("/").slice(0, -1).join("/") };
}
function list(crl, ours) { // of revocations (RFC 5280, section 5); of ours the newest counts
  const [tbs, alg, sig] = der(inside(crl, 0).body), f = der(tbs.body), at = derTime(f[3]), entries = f[5]?.tag === 0x30 ? der(f[5].body).map((e) => der(e.body)) : [];
  const ca = [...roots, ...issuers].find((c) => verify(hex(alg.body).endsWith("0303") ? "sha384" : "sha256", tbs.raw, c.publicKey, sig.body.subarray(1)));
  must(ca && der(crl).length === 1 && (ours || !revoked.has(keyOf(ca))), "list", "not the one list of an authority that is believed");
  if (!(revoked.get(keyOf(ca))?.at > at)) revoked.set(keyOf(ca), { at, gone: new Map(entries.map(([serial, t]) => [big(serial.body), derTime(t)])) });
}
// What is in a bundle, from the reading up to the witnesses.
const skew = 300n * 10n ** 9n, ANCHORED = "58a21122e40eaaff1ba50c311fc25df9a32ecec4ccc88d07f3cbced83127b612"; // Keccak-256 of the event's name and types
function held(chain, ...times) { let wrong; for (const t of times) try { return identify(chain, t); } catch (e) { wrong ??= e; } throw wrong; }
function reading(b) {
  const [, chunk, index, path, window, ...chains] = fields(b, "nbnbbaa?"), [card, device, voucher] = chains.map((c) => c?.map(open));
  const w = cose(window, "window", "wardflow.window/1"), [, patient, , , number, [first, last], count, root, , , , spans, closed] = fields(w.payload, "nsssnanbba-an");
  const id = identify(card, closed); must(w.by.equals(sha(card[0].raw)) && id.role === "patient" && id.name === patient, "certificate", "not the card that signed, or not the patient's");
  must(rootOf(leafOf(chunk), index, count, hashes(path)).equals(root), "root", "not under the root that the card signed"), must(w.holds(card[0]), "signature", "the card has not signed");
  const vouched = chunk[0] >> 5 === 5, [, said, cert, place, way, words] = vouched ? fields(chunk, "nbbnbb") : [];
  const signed = vouched ? cose(words, "voucher", "wardflow.voucher/1") : cose(chunk, "reading", "wardflow.chunk/1");
  const [, epc, stream, seq, kind, unit, at, period, scale, { tag, of }] = fields(vouched ? said : signed.payload, "nbsnssnnnt"), width = 1 << Number(tag - 72n);
  const values = Array.from({ length: of.length / width }, (_, i) => BigInt.asIntN(8 * width, big(of.subarray(i * width, (i + 1) * width))) * scale);
  const [, saidAt, saidCount, saidRoot] = vouched ? fields(signed.payload, "nnnb") : [1n, at];
  must(!vouched || rootOf(leafOf(cert, said), place, saidCount, hashes(way)).equals(saidRoot), "signature", "not under the voucher");
  must((vouched ? cert : signed.by).equals(sha(device[0].raw)), "certificate", "another device's");
  must(first <= at && at + BigInt(values.length - 1) * period <= last, "reading", "outside the window's time");
  must(spans.some(([e, k, s, from, to]) => e.equals(epc) && k === kind && s === stream && from <= seq && seq <= to), "reading", "not among the window's numbers");
  const maker = held(device, closed, at, saidAt), by = vouched && held(voucher, closed, saidAt);
  must(maker.role === "device" && maker.epc === hex(epc).toUpperCase() && (!vouched || signed.by.equals(sha(voucher[0].raw))), "certificate", "not that of the device, or of the collector");
  must(!vouched || (by.role === "collector" && by.domain === maker.domain && by.room === maker.room), "signature", "no collector of the device's room");
  must(signed.holds((vouched ? voucher : device)[0]), "signature", "not signed by the device, or its collector");
  return { leaf: hex(leafOf(chunk)), device: maker.epc, stream, seq, kind, unit, millionths: values, vouched, patient, window: number };
}
function check(c, of, signers, before) {
  const record = bytes(c.record), [, leaf, epc, stream, seq, place, , at, manager, rule, [version, epoch, block], group, reason, clause] = fields(record, "nbbsnnsnbbasns");
  must(!of || (of.leaf === hex(leaf) && (!epc.length || !of.device || (of.device === hex(epc).toUpperCase() && of.stream === stream && of.seq === seq))), "reading", "of another reading");
  const h = cose(bytes(c.head), "loghead", "wardflow.loghead/1"), [, chain, contract, log, size, root, , made] = fields(h.payload, "nnbbnbnn"), signer = signers.get(hex(h.by));
  must(before.every((o) => o.log !== hex(log) || o.index !== c.index), "form", "twice"), must(signer, "certificate", "that of who signed the head is not there"), must((signer.used = h.holds(signer[0])), "signature", "the node has not signed the head");
  must(claims(bytes(c.claim), log, chain, contract, h.by), "signature", "the log's account does not say that it is this node's");
  must(rootOf(leafOf(record), BigInt(c.index), size, c.path.map(bytes)).equals(root), "root", "not in the log");
  const [a] = c.anchor, header = a && rlp(bytes(a.header)), into = a && { number: big(header[8]), at: big(header[11]) * 10n ** 9n, hash: hex(keccak(bytes(a.header))) };
  if (a) { // the contract's event in the transaction's receipt, which is status, gas, bloom, logs
    const i = a.index.toString(16).padStart(a.index < 256 ? 2 : 4, "0"), key = a.index === 0 ? "80" : a.index < 128 ? i : (0x80 + i.length / 2).toString(16) + i;
    const receipt = walk(header[5], Buffer.from(key, "hex"), a.nodes.map(bytes)), [status, , , logs] = rlp(receipt.subarray(receipt[0] < 0x80 ? 1 : 0));
    must(big(status) === 1n && logs.some(([address, topics, data]) => address.equals(contract) && topics.length === 4 && data.length === 128 && hex(topics[0]) === ANCHORED && topics[1].subarray(12).equals(log)
      && big(topics[3]) === size && data.subarray(0, 32).equals(root)), "anchor", "the transaction has not anchored this head");
  }
  const by = identify(signer, made, into?.at > made ? into.at : made);
  must(by.role === "node", "certificate", `a ${by.role} keeps no log of checks`);
  must(at <= made + skew && (!into || (at <= into.at + skew && block <= into.number)), "time", "it was there before it was made");
  return { leaf: hex(leaf), log: hex(log), index: c.index, place, node: by.uri, reason, clause, group, manager: hex(manager), rule: hex(rule), version, epoch, into, chain, contract: hex(contract), witnesses: [] };
}
function witness(b, checks, seen) {
  const s = cose(b, "statement", "wardflow.statement/1", 33n), chain = [s.by].flat().map(open), [, kind, at, body] = fields(s.payload, "nsnb");
  must(s.holds(chain[0]), "certificate", "its key has not signed this"), must(kind === "chain witness", "form", "another statement");
  const [, id, , , contract, number, hash] = fields(body, "nnbbbnbo"), by = identify(chain, at), about = checks.filter((c) => c.into?.number === number);
  must(by.role === "node", "certificate", `a ${by.role} follows no chain`), must(about.length && about.every((c) => c.into.hash === hex(hash) && c.chain === id && c.contract === hex(contract)), "witness", "about another block, or against this one");
  must(!seen.has(by.uri + number) && seen.add(by.uri + number), "witness", "twice"), must(at >= about[0].into.at - skew, "time", "said before the block was there");
  try { identify(chain, at, 1n << 90n), about.forEach((c) => c.witnesses.push(by.uri)); } catch { } // revoked since: whoever has its key may have said it
}
const each = (list, what, f) => { list.map((v, i) => { part = `${what} ${i + 1}`; return f(v); }), (part = "bundle"); };
function bundle(text) { // in its one form: what is understood, written again
  const is = (ok) => must(ok, "form", "not in its one form"), b64 = (v) => (is(typeof v === "string"), bytes(v).toString("base64")), int = (n) => (is(Number.isSafeInteger(n) && n >= 0), n);
  const all = (most, f = b64) => (l) => (is(Array.isArray(l) && l.length <= most), l.map(f)), hash = (v) => (is(bytes(v).length === 32), b64(v)), filled = (l) => (is(l.length), all(8)(l));
  const anchor = (a) => ({ header: b64(a.header), index: int(a.index), nodes: all(Infinity)(a.nodes) }), j = JSON.parse(text);
  const again = must(j.format !== "wardflow.proof/1", "form", "in this older form a log does not say whose it is: have the bundle made anew by wardflow prove") ?? { format: "wardflow.proof/2", reading: b64(j.reading), checks: all(16, (c) => ({ record: b64(c.record), index: int(c.index), path: all(64, hash)(c.path), head: b64(c.head), claim: b64(c.claim), anchor: all(1, anchor)(c.anchor) }))(j.checks), signers: all(16, filled)(j.signers), witnesses: all(64)(j.witnesses), lists: all(8)(j.lists) };
  return is(text.length <= 4 << 20 && JSON.stringify(again, null, 1) + "\n" === text), again;
}
export function verifyBundle(text, trust, { witnesses = 1, blocks = [], lists = [] } = {}) {
  const found = { ok: false }; try {
    (part = "bundle"), (roots.length = issuers.length = 0), revoked.clear();
    for (const c of trust.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g).map(open)) (c.subject !== c.issuer ? issuers : c.verify(c.publicKey) ? roots : []).push(c);
    const j = bundle(text), signers = new Map(), seen = new Set();
    each(j.lists, "list", (l) => list(bytes(l), false)), each(lists, "your own list", (l) => list(l, true));
    each(j.signers, "signer", (s) => { const chain = s.map((c) => open(bytes(c))), id = hex(sha(chain[0].raw)); must(!signers.has(id), "form", "twice"), signers.set(id, chain); });
    each(j.reading ? [j.reading] : [], "reading", (r) => { found.reading = reading(bytes(r)); });
    must(j.checks.length, "unproved", "it has no check in it"), (found.checks = []);
    each(j.checks, "check", (c) => found.checks.push(check(c, found.reading ?? (found.checks.length ? { leaf: found.checks[0].leaf } : null), signers, found.checks)));
    must([...signers.values()].every((s) => s.used), "form", "a certificate of nobody who has signed");
    each(j.witnesses, "witness", (w) => witness(bytes(w), found.checks, seen));
    each(found.checks, "check", (c) => must(c.into && (blocks.includes(c.into.hash) || (c.witnesses.length && c.witnesses.filter((w) => w !== c.node).length >= witnesses)), "unproved", "nobody, or too few, vouch for its block"));
    return { ...found, ok: true };
  } catch (e) { return { ...found, code: e.refused ?? "form", why: e.message }; } // what has another form than it is read by fails somewhere
}
if (process.argv[1]?.endsWith("verify.mjs")) {
  const [file, trust, ...rest] = process.argv.slice(2), given = (flag) => rest.flatMap((a, i) => (a === flag ? [rest[i + 1]] : [])), stop = (why) => (console.error(`verify.mjs: ${why}`), process.exit(2));
  const use = (f, what, how) => { try { return how(readFileSync(f)); } catch (e) { stop(`${f}: not ${what}: ${e.message.replace(/[^ -~]/g, "?")}`); } };
  if (!trust || rest.some((a, i) => (i % 2 ? rest[i - 1] === "--witnesses" && !/^\d+$/.test(a) : !["--witnesses", "--block", "--list"].includes(a))) || rest.length % 2) stop("want BUNDLE TRUST.pem [--witnesses N] [--block HASH]... [--list CRL.der]...");
  const text = use(file, "a bundle of wardflow prove", (b) => JSON.parse(b) && b.toString()), roots = use(trust, "a file of certificates", (b) => new X509Certificate(b) && b.toString());
  const r = verifyBundle(text, roots, { witnesses: Number(given("--witnesses")[0] ?? 1), blocks: given("--block").map((b) => b.replace(/^0x/, "")), lists: given("--list").map((f) => use(f, "a list of revocations", (b) => derTime(inside(b, 0, 0, 3)) && b)) });
  console.log(`${JSON.stringify(r, (_, v) => (typeof v === "bigint" ? String(v) : v), 1)}\n${r.ok ? "PROVED" : `NOT PROVED: ${r.why}`}`);
  process.exit(r.ok ? 0 : 1);
}
