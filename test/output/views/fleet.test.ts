import { join } from "node:path";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { stringify } from "yaml";
import { hostileText } from "../../support/arbitrary-spec.ts";
import { nixFaults } from "../../support/nix-lint.ts";
import { nixfmtComplaints } from "../../support/nixfmt.ts";
import { compileText } from "../../support/spec.ts";
import { tempTree } from "../../support/temp.ts";
import { needs } from "../../support/tools.ts";

/* The files that hosts, deployments and builders of a spec become, and their content. */

const test = suite("machines");
const withNixfmt = needs(test, ["nixfmt"]);

const base = { version: 1, name: "demo", nixpkgs: "nixos-24.05", groups: { k8s: { packages: ["kubectl"] } } };
const lint = [{ code: "trusted-user-is-root", why: "administers the machines" }];

function outputs(spec: object): Map<string, string> {
  const { files, diagnostics } = compileText(stringify({ ...base, ...spec }));
  if (!files) throw new Error(`does not compile: ${JSON.stringify(diagnostics)}`);
  return new Map(files.map(({ path, text }) => [path, text]));
}

test("only files that the spec needs are generated", () => {
  const none = outputs({});
  for (const path of ["nix/hosts.nix", "nix/hive.nix", "modules/remote-builders.nix", "hosts/web.nix"])
    assert.not.ok(none.has(path), path);
  assert.not.match(none.get("flake.nix") ?? "", /nixosConfigurations|colmena|remote-builders/);

  const undeployed = outputs({ hosts: { web: {} } });
  assert.ok(undeployed.has("nix/hosts.nix") && undeployed.has("hosts/web.nix"));
  assert.not.ok(undeployed.has("nix/hive.nix"));
  assert.not.match(undeployed.get("flake.nix") ?? "", /colmena/);

  const all = outputs({ hosts: { web: { deploy: { target: "web.example.net" } } }, builders: [{ host: "arm.example.net" }] });
  for (const path of ["nix/hosts.nix", "nix/hive.nix", "modules/remote-builders.nix"]) assert.ok(all.has(path), path);
  assert.match(all.get("flake.nix") ?? "", /inherit \(import \.\/nix\/hive\.nix inputs hosts\) colmena colmenaHive;/);
  assert.match(all.get("modules/default.nix") ?? "", /\.\/remote-builders\.nix/);
});

test("every group is generated once, for any number of hosts", () => {
  const groups = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`group-${index}`, { packages: ["jq"] }]));
  const size = (hosts: number) => {
    const files = outputs({
      groups,
      hosts: Object.fromEntries(Array.from({ length: hosts }, (_, index) => [`web-${index}`, {}])),
    });
    return (files.get("nix/hosts.nix") ?? "").length + (files.get("ARCHITECTURE.md") ?? "").length;
  };
  assert.ok(size(41) - size(1) < 40 * 500, `${size(1)} characters for one host, ${size(41)} for 41`);
  assert.match(outputs({ groups, hosts: { web: {} } }).get("nix/hosts.nix") ?? "", /groups = everyGroup;/);
});

test("a builder that is a host is reached at its deploy target, and its host file says what to add by hand", () => {
  const files = outputs({
    hosts: { ci: { deploy: { target: "ci.example.net" } }, plain: {}, web: {} },
    builders: [{ host: "ci", user: "builds", sshKey: "/etc/nix/key" }, { host: "plain" }, { host: "ci", user: "root" }],
  });
  const module = files.get("modules/remote-builders.nix") ?? "";
  assert.match(module, /hostName = "ci\.example\.net";/);
  assert.match(module, /hostName = "plain";/, "without a deployment the address is its name");
  assert.match(files.get("hosts/ci.nix") ?? "", /# users\.users\.builds\.openssh\.authorizedKeys\.keys = /);
  assert.not.match(files.get("hosts/ci.nix") ?? "", /users\.users\.root/, "root exists already");
  assert.not.match(files.get("hosts/web.nix") ?? "", /users\.users/);
  const document = files.get("ARCHITECTURE.md") ?? "";
  assert.match(
    document,
    /in the module of `ci`: `users\.users\.builds\.openssh\.authorizedKeys\.keys`; the private half is expected in `\/etc\/nix\/key`/,
  );
  assert.match(
    document,
    /in the module of `plain`: `users\.users\.nixremote\.openssh\.authorizedKeys\.keys`; the spec names no `sshKey`/,
  );
});

test("the builder's account is added to the spec's trusted users, or to NixOS's own", () => {
  const hosts = { ci: {} };
  const builders = [{ host: "ci" }];
  const whole = outputs({ hosts, builders, lint, trustedUsers: ["root", "alice"] }).get("modules/remote-builders.nix") ?? "";
  assert.match(whole, /trusted-users = lib\.mkForce own\.trusted;/);
  const none = outputs({ hosts, builders }).get("modules/remote-builders.nix") ?? "";
  assert.match(none, /trusted-users = own\.trusted;/);
  const already =
    outputs({ hosts, builders, lint, trustedUsers: ["root", "nixremote"] }).get("modules/remote-builders.nix") ?? "";
  assert.match(already, /trusted = \[ \];/, "no user is in the list twice");
});

test("no comment of a machines file has a `;`, where Nix 2.8 ends an entry", () => {
  const files = outputs({
    hosts: { ci: {}, worker: { os: "linux", deploy: { target: "worker.example.net" } } },
    builders: [{ host: "arm.example.net" }],
  });
  const machines = [...files].filter(([path]) => path.endsWith("etc/nix/machines"));
  assert.ok(machines.length > 0);
  for (const [path, text] of machines) assert.not.match(text, ";", path);
});

const hostName = fc.stringMatching(/^[a-z][a-z0-9]{0,20}(-[a-z0-9]{1,20})?$/);
const address = fc.stringMatching(/^[a-z0-9]{1,40}(\.[a-z0-9]{1,40}){0,3}$/);
const features = fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9-]{0,30}$/), { maxLength: 3 });
const fleetSpec = fc
  .record({
    description: hostileText,
    hosts: fc.dictionary(
      hostName,
      fc.record({ deploy: fc.record({ target: address, tags: features }, { requiredKeys: ["target"] }) }, { requiredKeys: [] }),
      { minKeys: 1, maxKeys: 4 },
    ),
    outside: fc.array(fc.record({ host: address, systems: fc.constant(["aarch64-linux"]) }), { maxLength: 2 }),
    builder: fc.record(
      {
        user: fc.constantFrom("root", "nixremote", "a_b-c.d"),
        features,
        mandatoryFeatures: features,
        sshKey: fc.constant("/a/${b}'\""),
      },
      { requiredKeys: [] },
    ),
    byName: fc.boolean(),
    trustedUsers: fc.constantFrom(undefined, ["root"], ["root", "nixremote"]),
  })
  .map(({ outside, builder, byName, hosts, ...rest }) => ({
    ...rest,
    hosts,
    builders: [...outside, ...(byName ? [{ host: Object.keys(hosts)[0], ...builder }] : [])],
    lint,
  }));

/** Specs that compile; conflicts with colmena's names and unused lint entries are tested elsewhere. */
const samples = () =>
  fc.sample(fleetSpec, { numRuns: 80, seed: 5 }).flatMap((spec) => {
    const { files } = compileText(stringify({ ...base, ...spec }));
    return files ? [files.filter(({ path }) => path.endsWith(".nix"))] : [];
  });

test("random fleets are valid Nix without unused names", () => {
  const compiled = samples();
  assert.ok(compiled.length > 40, `${compiled.length} of the specs compile`);
  for (const { path, text } of compiled.flat()) assert.equal(nixFaults(text), [], `${path}\n${text}`);
});

withNixfmt("nixfmt changes no file of a random fleet", () => {
  const files = samples().flatMap((sample, index) =>
    sample.map(({ path, text }): [string, string] => [`${index}/${path}`, text]),
  );
  const folder = tempTree(Object.fromEntries(files));
  assert.is(nixfmtComplaints(files.map(([path]) => join(folder, path))), "");
});

test.run();
