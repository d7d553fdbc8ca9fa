// The second verifier of Wardflow's bundles (wardflow.proof/1): plain node, no packages. It knows the forms and nothing of the
// Go code, and must come to the same verdict. What each part means stands in runtime/evidence/doc.go.
//   node verify.mjs BUNDLE TRUST.pem [--witnesses N] [--block 0xHASH]... [--list CRL]... [--json]
import { readFileSync } from "node:fs";
import { createHash, verify, X509Certificate } from "node:crypto";

class Refusal extends Error { constructor(code, part, why) { super(`${part}: ${why} (${code})`); this.code = code; } }
let part = "bundle"; // of the bundle that is looked at
const must = (ok, code, why) => { if (!ok) throw new Refusal(code, part, why); };
const sha = (...bs) => bs.reduce((h, b) => h.update(b), createHash("sha256")).digest();
const hex = (b) => b.toString("hex"), bytes = (s) => Buffer.from(s, "base64"), skew = 300n * 10n ** 9n;

// CBOR in its one deterministic form (RFC 8949, section 4.2.1): numbers are BigInt, maps Map, tags {tag, of}.
function cbor(b) {
  let i = 0;
  const form = (ok) => must(ok, "form", "not deterministic CBOR");
  const take = (n) => { form(n <= b.length - i); return b.subarray(i, (i += Number(n))); };
  const item = (depth) => {
    form(depth < 9);
    const [first] = take(1), major = first >> 5, width = [1, 2, 4, 8][(first & 31) - 24];
    form((first & 31) < 24 || width && major < 7);
    const n = width ? BigInt("0x" + hex(take(width))) : BigInt(first & 31);
    if (width) form(width === 1 ? n > 23n : n >> BigInt(4 * width) > 0n);
    if (major === 0) return n;
    if (major === 1) return -1n - n;
    if (major === 2) return Buffer.from(take(n));
    if (major === 3) return new TextDecoder("utf-8", { fatal: true }).decode(take(n));
    if (major === 6) return { tag: n, of: item(depth + 1) };
    if (major === 7) { form(n === 20n || n === 21n); return n === 21n; }
    form(n <= 4096n);
    if (major === 4) return Array.from({ length: Number(n) }, () => item(depth + 1));
    const map = new Map();
    for (let k = 0, last; k < n; k++) {
      const at = i, key = item(depth + 1), raw = b.subarray(at, i);
      form(!last || Buffer.compare(last, raw) < 0);
      last = raw; map.set(key, item(depth + 1));
    }
    return map;
  };
  try { const v = item(0); form(i === b.length); return v; } catch (e) { if (e instanceof Refusal) throw e; form(false); }
}
// The values of a map with keys 1, 2, … (a number says which is left out), each of the type that its letter says.
function fields(b, types, left = 0) {
  const m = cbor(b), is = { n: (v) => typeof v === "bigint", b: Buffer.isBuffer, s: (v) => typeof v === "string", a: Array.isArray, o: (v) => typeof v === "boolean", t: (v) => v?.tag };
  must(m instanceof Map, "form", "want a map");
  const out = [...types].map((t, i) => { const v = m.get(BigInt(i + 1)); must(i + 1 === left ? v === undefined : is[t](v), "form", `field ${i + 1}`); return v; });
  must(m.size === types.length - (left ? 1 : 0) && out[0] === 1n, "form", "other fields, or another version");
  return out;
}
// COSE_Sign1 with ES256 (RFC 9052); label is 4 for the hash of a certificate, 33 for the chain itself.
function cose(b, content, external, label = 4n) {
  const v = cbor(b), [head, open, payload, signature] = v?.of ?? [];
  must(v?.tag === 18n && v.of.length === 4 && open instanceof Map && !open.size && [head, payload, signature].every(Buffer.isBuffer), "form", "not a COSE_Sign1");
  const h = cbor(head), str = (x, major = 0x40) => {
    const n = x.length, len = n < 24 ? [n] : n < 256 ? [24, n] : n < 65536 ? [25, n >> 8, n & 255] : [26, n >>> 24, (n >> 16) & 255, (n >> 8) & 255, n & 255];
    return Buffer.concat([Buffer.from([major | len[0], ...len.slice(1)]), Buffer.from(x)]);
  };
  must(h instanceof Map && h.size === 3 && h.get(1n) === -7n && h.get(3n) === `application/vnd.wardflow.${content}+cbor` && h.has(label), "form", "not the header of a " + content);
  const signed = Buffer.concat([Buffer.from([0x84]), str("Signature1", 0x60), str(head), str(Buffer.from(external)), str(payload)]);
  return { payload, by: h.get(label), holds: (cert) => signature.length === 64 && verify("sha256", signed, { key: cert.publicKey, dsaEncoding: "ieee-p1363" }, signature) };
}
// Merkle trees of RFC 9162, section 2.1.
const leafOf = (...bs) => sha(Buffer.from([0]), ...bs);
function rootOf(hash, index, size, path) {
  must(index < size && size > 0n, "root", `no place ${index} among ${size}`);
  let fn = index, sn = size - 1n, r = hash;
  for (const p of path) {
    must(sn > 0n, "root", "the path is too long");
    if (fn & 1n || fn === sn) { r = sha(Buffer.from([1]), p, r); while (fn && !(fn & 1n)) { fn >>= 1n; sn >>= 1n; } } else r = sha(Buffer.from([1]), r, p);
    fn >>= 1n; sn >>= 1n;
  }
  must(sn === 0n, "root", "the path is too short");
  return r;
}
const hashes = (b) => { must(b.length % 32 === 0, "form", "not hashes"); return Array.from({ length: b.length / 32 }, (_, i) => b.subarray(32 * i, 32 * i + 32)); };

// Ethereum: Keccak-256, RLP, and the way through a Merkle Patricia tree.
function keccak(b) {
  const M = (1n << 64n) - 1n, rot = (x, n) => ((x << BigInt(n)) | (x >> BigInt(64 - n))) & M, s = Array(25).fill(0n), rate = 136;
  const p = Buffer.concat([b, Buffer.alloc(rate - (b.length % rate))]); p[b.length] ^= 1; p[p.length - 1] ^= 0x80;
  for (let at = 0; at < p.length; at += rate) {
    for (let i = 0; i < 17; i++) s[i] ^= p.readBigUInt64LE(at + 8 * i);
    for (let round = 0, lfsr = 1; round < 24; round++) {
      const c = [0, 1, 2, 3, 4].map((x) => s[x] ^ s[x + 5] ^ s[x + 10] ^ s[x + 15] ^ s[x + 20]);
      for (let i = 0; i < 25; i++) s[i] ^= c[(i + 4) % 5] ^ rot(c[(i + 1) % 5], 1);
      for (let t = 0, x = 1, y = 0, last = s[1]; t < 24; t++) { [x, y] = [y, (2 * x + 3 * y) % 5]; const i = x + 5 * y; [last, s[i]] = [s[i], rot(last, ((t + 1) * (t + 2) / 2) % 64)]; }
      for (let y = 0; y < 25; y += 5) { const r = s.slice(y, y + 5); for (let x = 0; x < 5; x++) s[y + x] = r[x] ^ (~r[(x + 1) % 5] & M & r[(x + 2) % 5]); }
      for (let j = 0; j < 7; j++) { if (lfsr & 1) s[0] ^= 1n << BigInt((1 << j) - 1); lfsr = (lfsr << 1) ^ (lfsr >> 7 ? 0x171 : 0); }
    }
  }
  const out = Buffer.alloc(32); for (let i = 0; i < 4; i++) out.writeBigUInt64LE(s[i], 8 * i); return out;
}
function rlp(b) { // byte strings are Buffers, lists arrays
  const whole = (b, i) => {
    const f = b[i]; if (f < 0x80) return [b.subarray(i, i + 1), i + 1];
    const list = f >= 0xc0, short = (f & 0x3f) < 56, n = short ? 0 : (f & 0x3f) - 55, from = i + 1 + n, size = short ? f & 0x3f : parseInt(hex(b.subarray(i + 1, from)), 16);
    must(from + size <= b.length, "root", "RLP is cut off");
    const body = b.subarray(from, from + size), out = [];
    for (let j = 0; list && j < size; ) { const [v, next] = whole(body, j); out.push(v); j = next; }
    return [list ? out : body, from + size];
  };
  const [v, end] = whole(b, 0); must(end === b.length, "root", "RLP with more behind it"); return v;
}
const big = (b) => (b.length ? BigInt("0x" + hex(b)) : 0n), short = (n) => (n < 128 ? Buffer.from(n ? [n] : [0x80]) : (() => { const h = n.toString(16), b = Buffer.from(h.length % 2 ? "0" + h : h, "hex"); return Buffer.from([0x80 + b.length, ...b]); })());
function walk(root, key, nodes) { // every node must be on the way
  let path = hex(key), want = root, used = 0, node;
  for (;;) {
    if (Buffer.isBuffer(want)) { must(used < nodes.length && keccak(nodes[used]).equals(want), "root", "the tree of receipts has another node"); node = rlp(nodes[used++]); } else node = want;
    if (node.length === 17) { if (!path) { want = node[16]; break; } want = node[parseInt(path[0], 16)]; path = path.slice(1); continue; }
    const flags = hex(node[0]), odd = parseInt(flags[0], 16), rest = flags.slice(odd & 1 ? 1 : 2);
    must(path.startsWith(rest), "root", "the block has no such transaction"); path = path.slice(rest.length); want = node[1];
    if (odd & 2) { must(!path, "root", "the block has no such transaction"); break; }
  }
  must(used === nodes.length && want.length, "root", "more nodes than the way has"); return want;
}

// Certificates: what node leaves to us.
function der(b) { const out = []; for (let i = 0; i < b.length; ) { let n = b[i + 1], from = i + 2; if (n > 127) { from += n & 127; n = parseInt(hex(b.subarray(i + 2, from)), 16); } out.push({ tag: b[i], body: b.subarray(from, from + n), raw: b.subarray(i, from + n) }); i = from + n; } return out; }
const time = (s) => BigInt(Date.parse(s)) * 10n ** 6n, PURPOSES = { node: "2,1", device: "2", collector: "2,1", patient: "reading" };
const derTime = (t) => { const s = t.body.toString(), y = t.tag === 0x17 ? (s < "50" ? "20" : "19") + s : s; return time(y.replace(/^(....)(..)(..)(..)(..)(..)Z$/, "$1-$2-$3T$4:$5:$6Z")); };
function extension(cert, oid) { const tbs = der(der(cert.raw)[0].body)[0]; for (const e of der(der(der(tbs.body).find((f) => f.tag === 0xa3).body)[0].body)) { const f = der(e.body); if (hex(f[0].body) === oid) return f.at(-1).body; } }
const domainOf = (ca) => { const nc = extension(ca, "551d1e"); return nc && der(der(nc)[0].body).filter((f) => f.tag === 0xa0).flatMap((p) => der(p.body)).flatMap((p) => der(p.body)).filter((n) => n.tag === 0x86).map((n) => n.body.toString()); };
const open = (d) => { try { return new X509Certificate(d); } catch { must(false, "certificate", "not a certificate"); } };
const trust = { roots: [], issuers: [], revoked: new Map() };
const signedBy = (c, ca) => ca.ca && c.checkIssued(ca) && c.verify(ca.publicKey);
const within = (c, at) => time(c.validFrom) <= at && at <= time(c.validTo) + 999999999n;
function identify(chain, at, until = at) {
  const no = (ok, why) => must(ok, "certificate", `${chain[0].subject.replace(/\n/g, ", ")}: ${why}`);
  no(chain.length >= 2 && chain.length <= 4 && chain.slice(2).every((c) => c.subject === c.issuer), "not a chain of leaf and authority");
  chain.forEach((c, i) => i && no(signedBy(chain[i - 1], c), "not signed by the next"));
  const last = chain.at(-1), root = trust.roots.find((r) => r.raw.equals(last.raw) || signedBy(last, r));
  no(root, "leads to no root that is believed"); no([...chain, root].every((c) => within(c, at)), "not valid then");
  const [, uri, domain, role, name] = /^(URI:spiffe:\/\/([a-z0-9.-]+)\/([a-z]+)\/[^,]*?([^/,]+))$/.exec(chain[0].subjectAltName ?? "") ?? [];
  no(uri && !chain[0].ca && domainOf(chain[1])?.includes(domain) && trust.issuers.some((c) => domainOf(c).includes(domain)) && domain.startsWith("people.") === (role === "patient" || role === "staff"), "its name is not one of this authority's");
  const uses = (chain[0].keyUsage ?? []).map((o) => ({ "1.3.6.1.5.5.7.3.1": "1", "1.3.6.1.5.5.7.3.2": "2", "1.3.6.1.4.1.32473.2.1": "reading" })[o] ?? o);
  no(uses.sort().reverse().join() === PURPOSES[role], "its key is for something else");
  for (const [c, by] of [[chain[0], chain[1]], [chain[1], chain[2] ?? root]]) no(!((trust.revoked.get(hex(sha(by.publicKey.export({ type: "spki", format: "der" }))))?.get(BigInt("0x" + c.serialNumber)) ?? until + 1n) <= until), "revoked by then");
  const group = extension(chain[0], "2b0601040181fd590102");
  return { uri: uri.slice(4), role, name, epc: /serialNumber=(\w+)/.exec(chain[0].subject)?.[1], group: group && der(group)[0].body.toString() };
}
function list(crl, each) { // of revocations, RFC 5280, section 5
  const [tbs, alg, sig] = der(der(crl)[0].body), f = der(tbs.body), ca = [...trust.roots, ...trust.issuers].find((c) => verify(hex(alg.body).endsWith("0303") ? "sha384" : "sha256", tbs.raw, c.publicKey, sig.body.subarray(1)));
  must(ca, "list", "no authority that is believed has signed it");
  const entries = f.slice(3).filter((x, i) => i >= 2 && x.tag === 0x30)[0], number = hex(der(f.at(-1).body)[0].raw), id = hex(sha(ca.publicKey.export({ type: "spki", format: "der" })));
  must(!each || !trust.revoked.has(id), "list", "two of one authority"); if (!each && trust.revoked.has(id) && number < "") return;
  trust.revoked.set(id, new Map(entries ? der(entries.body).map((e) => der(e.body)).map(([n, t]) => [BigInt("0x" + hex(n.body)), derTime(t)]) : []));
}
