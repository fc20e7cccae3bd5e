import { readFileSync, writeFileSync, mkdirSync } from "node:fs";
import { createHash } from "node:crypto";
import { parse, stringify } from "yaml";
import { compileText, repository } from "/work/wt/red-text/test/support/spec.ts";
const R = repository + "/";
const bases: Record<string, any> = {};
const whole = parse(readFileSync(R+"test/golden/everything/spec.yaml","utf8"));
Object.assign(whole, { policy: { nixpkgs: { maxAge: "60d" }, licenses: { deny: ["AGPL-3.0-only"] } }, images: { ci: { groups: ["k8s"], name: "registry.example.net/platform/ci", user: 1000 } }, ci: { forges: ["github","gitlab","forgejo"], systems: ["x86_64-linux"], cache: { cachix: "acme" } }, updates: { bot: "renovate", every: "week", minimumAge: "3d" } });
bases.everything = whole;
for (const n of ["network","fleet","kept-current","evidence","deploy-rs","determinate"]) bases[n] = parse(readFileSync(R+`spec/examples/${n}.yaml`,"utf8"));
const H0 = ["'", "\"", "\\", "x\\", "a\nb", "$(touch /tmp/rt/PWNED)", "`touch /tmp/rt/PWNED`", "${PATH}", "''${x}", "''", "'''", "$${x}", "%n%h%%", "%", "${{ github.token }}", "$[[ inputs.x ]]", "{{ x }}", "{{{x}}}", "{% x %}", "]]>", "-->", "<!--", "<script>alert(1)</script>", "</script>", "</title><b>", "&amp;", "*/", "/*", "# x", "#", "a: b", "a # b", "- a", "? a", ": a", "| a", "[a](javascript:alert(1))", "![a](x)", "**b** _i_ `c`", "a|b", "~", "~root", "-rf", "--help", "=x", "\u2028", "\u2029", "\u200b", "\u00a0", "x\u00a0", "\u00a0x", " x", "x ", "\tx", "x\t", "null", "true", "1e3", "0x10", "2024-01-01", "!x", "&a", "*a", "@x", ",", "x,y", "x;y", "x y", "\u{1f600}", "ünï", "A".repeat(5000), "<<EOF\nEOF\n", "EOF", "\\n", "\\u0041", "${", "}", "{", "(", ")", "!!str", "%{x}", "\u0301", "`", "$x", "a\r\nb", "…", "::error::x", "##[error]x", "\ud83d\ude00", "import /etc/passwd", "builtins.abort \"x\""]; const H = ["'\"$(touch /tmp/rt/PWNED)`touch /tmp/rt/PWNED`\\", "''${builtins.abort \"x\"}'' $${x} ${x}", "${{ github.token }} $[[ inputs.x ]] {{ x }} {{{y}}} {% z %}", "]]> --> </script></title></style><img src=x onerror=alert(1)> &amp; <!-- */", "# x: y - [a](javascript:x) | `c` **b** %n%h%% ; z", "a\nb: c\n# d\n", "\u2028\u2029\u200b\u00a0x\u00a0", " x ", "~/x", "-x --y", "null", "*a &b !c @d", "A".repeat(3000), "\\", "EOF\nEOF\n", "x\\n\\u0041", "\t\u{1f600}ü"];
type Slot = { holder: any; key: string|number; isKey: boolean; path: string };
function slots(v: any, path = ""): Slot[] { if (typeof v !== "object" || v === null) return []; return Object.keys(v).flatMap((k) => { const key = Array.isArray(v) ? Number(k) : k; const p = `${path}/${k}`; return [...(typeof v[k] === "string" ? [{ holder: v, key, isKey: false, path: p }] : []), ...(Array.isArray(v) ? [] : [{ holder: v, key, isKey: true, path: p }]), ...slots(v[k], p)]; }); }
const shape: Record<string, any> = {}; let tried = 0, ok = 0; const accepted = new Map<string, Set<string>>(); const files = new Map<string, { path: string; text: string; from: string }>();
const only = process.argv[2];
for (const [bname, base] of Object.entries(bases)) { if (only && bname !== only) continue;
  const baseOut = compileText(stringify(base), true, "spec.yaml"); const baseFiles = new Map((baseOut.files ?? []).map((f: any) => [f.path, f.content ?? f.text]));
  if (!baseOut.files) { console.log(bname, "base fails", baseOut.diagnostics.filter(d=>d.severity==="error").map(d => d.message)); continue; }
  for (const [p, t] of baseFiles) files.set(`${bname}:${p}:base`, { path: p as string, text: t as string, from: `${bname} base` });
  const all = slots(base); const seenP = new Map<string, number>(); const idx = all.map((x, i) => [x, i] as const).filter(([x]) => { const p = x.path.split("/").map((q, k, a) => /^\d+$/.test(q) ? "N" : (["groups","shells","users","volumes","hosts","commands","images","inputs","env","overlays","roles"].includes(a[k-1] ?? "") ? "*" : q)).join("/") + x.isKey; const c = (seenP.get(p) ?? 0) + 1; seenP.set(p, c); return c <= 1; }).map(([, i]) => i); console.log(bname, idx.length, "slots");
  for (const i of idx) for (const h of H) { const copy = structuredClone(base); const s = slots(copy)[i]!; const old = s.holder[s.key];
      const value = s.isKey ? undefined : h;
      if (s.isKey) { const e = Object.entries(s.holder).map(([k, v]) => [k === s.key ? h : k, v]); for (const k of Object.keys(s.holder)) delete s.holder[k]; for (const [k, v] of e) Object.defineProperty(s.holder, k as string, { value: v, enumerable: true, configurable: true, writable: true }); } else s.holder[s.key] = value;
      let text: string; try { text = stringify(copy, { lineWidth: 0 }); } catch { continue; }
      tried++; let out; try { out = compileText(text, true, "spec.yaml"); } catch (e) { console.log("THROW", bname, s.path, JSON.stringify(h).slice(0, 60), (e as Error).stack?.split("\n").slice(0, 4).join(" | ")); continue; }
      if (!out.files) continue; ok++; (accepted.get(bname+s.path + (s.isKey ? "<key>" : "")) ?? accepted.set(bname+s.path + (s.isKey ? "<key>" : ""), new Set()).get(bname+s.path + (s.isKey ? "<key>" : ""))!).add(h.slice(0, 20));
      for (const f of out.files as any[]) { const t = f.content ?? f.text; if (baseFiles.get(f.path) === t) continue; const key = createHash("sha1").update(f.path + "\0" + t).digest("hex"); if (!files.has(key)) files.set(key, { path: f.path, text: t, from: `${bname} ${s.path}${s.isKey ? "<key>" : ""} = ${JSON.stringify(h).slice(0, 80)}` }); }
  }
  console.log(bname, tried, ok, files.size);
}
let i = 0; const index: any[] = []; for (const [k, f] of files) { const name = `${i++}`; writeFileSync(`/tmp/rt/h/${name}`, f.text); index.push({ name, path: f.path, from: f.from }); }
writeFileSync("/tmp/rt/h/index.json", JSON.stringify(index));
writeFileSync("/tmp/rt/h/accepted.json", JSON.stringify([...accepted].map(([p, s]) => [p, s.size]), null, 0));
