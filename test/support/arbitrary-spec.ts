import fc from "fast-check";
import { stringify } from "yaml";

/*
 * Random valid specs for the property tests. They use every part of the language and strings that have a meaning in one of the
 * output formats.
 */

/** Characters and words that quote, expand, comment, escape or terminate something in one of the output formats. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '"',
        "'",
        "''",
        "'''",
        "${",
        "$",
        "$$",
        "$${",
        "}",
        "\\",
        "\\n",
        "\n",
        "\r\n",
        "\t",
        "`id`",
        "$(id)",
        "%n",
        "%%",
        "#",
        ";",
        "|",
        "&",
        "<",
        ">",
        "</script>",
        "<!--",
        "-->",
        "]]>",
        "{{x}}",
        "{{{",
        "*",
        "_",
        "[a](b)",
        "---",
        "😀",
        "é",
        "\u2028",
        "- ",
        ": ",
        " ",
        "  ",
        "EOF",
        "\\${x}",
        "''${x}",
        "-rf",
        "~",
        "!",
        "\u200f",
      ),
      fc
        .string({ unit: "grapheme", maxLength: 6 })
        .map((text) => text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "?")),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(""));

export const hostileLine = hostileText
  .map((text) => text.replace(/[\n\r\t\u0085\u2028\u2029]/g, " "))
  .filter((text) => text.trim() !== "");

/** A path of a project. */
export const hostilePath = hostileLine.filter((text) => /^(?!.*(^|\/)\.\.(\/|$))[^\u0000-\u001f\u007f]+$/.test(text));
/** One without a pattern: `envFiles` names single files. */
const hostileFile = hostilePath.filter((text) => !/[*?[]|\{.*,.*\}|\/$|:\/\//.test(text));
export const hostileEntries = fc.array(
  hostilePath.map((text) => text.replace(/:/g, ";")),
  { minLength: 1, maxLength: 2 },
);

/** A variable's value, in each of its forms. */
const envValue = fc.oneof(
  hostileText,
  hostilePath.map((path) => ({ path })),
  fc.record({ prepend: hostileEntries }),
  fc.record({ prepend: hostileEntries, append: hostileEntries }),
);

/** Names that the language allows and that have a meaning in Nix or in the generated flake. */
const name = fc.oneof(
  fc.constantFrom(
    "k8s",
    "cloud",
    "in",
    "let",
    "with",
    "or",
    "rec",
    "if",
    "inherit",
    "null",
    "true",
    "_",
    "__functor",
    "__tostring",
    "a-",
    "type",
    "constructor",
    "tool-groups",
    "x1",
  ),
  fc.stringMatching(/^[a-z_][a-z0-9_-]{0,30}$/),
);
const PACKAGES = [
  "kubectl",
  "kubernetes-helm",
  "jq",
  "git",
  "python3Packages.ansible",
  "a.b.c",
  "git_2",
  "x'y",
  "c++",
  "3d",
  "let",
  "openssl",
];
const SYSTEMS = ["x86_64-linux", "aarch64-linux", "aarch64-darwin"];

const some = <T>(from: readonly T[]): fc.Arbitrary<T[]> => (from.length === 0 ? fc.constant([]) : fc.subarray([...from]));
/** An object from which any key may be missing. */
const partial = (shape: Record<string, fc.Arbitrary<unknown>>, required: readonly string[] = []) =>
  fc.record(shape, { requiredKeys: [...required] });
const mapOf = (keys: fc.Arbitrary<string>, values: fc.Arbitrary<unknown>, maxKeys = 4) =>
  fc.dictionary(keys, values, { maxKeys, noNullPrototype: true });

function tool(inputs: readonly string[]): fc.Arbitrary<unknown> {
  return fc.oneof(
    fc.constantFrom(...PACKAGES),
    partial(
      {
        package: fc.constantFrom(...PACKAGES),
        name: hostileLine,
        description: hostileText,
        systems: fc.subarray(SYSTEMS, { minLength: 1 }),
        ...(inputs.length > 0 ? { from: fc.constantFrom(...inputs) } : {}),
      },
      ["package"],
    ),
  );
}

const key = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString("base64"));

/** A spec as plain data that compiles without an error. */
export const specValue: fc.Arbitrary<Record<string, unknown>> = fc
  .tuple(
    fc.uniqueArray(
      name.filter((one) => one !== "default" && !/^(volume|sbom)-/.test(one)),
      { maxLength: 5 },
    ),
    fc.uniqueArray(
      name.filter((one) => !["self", "nixpkgs"].includes(one) && /^[a-z]/.test(one)),
      { maxLength: 2 },
    ),
    fc.uniqueArray(fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/), { maxLength: 3 }),
  )
  .chain(([groupNames, inputs, hosts]) => {
    const tools = fc.array(tool(inputs), { maxLength: 4 });
    const groups = fc
      .tuple(...groupNames.map(() => partial({ title: hostileText, description: hostileText, packages: tools })))
      .map((values) => Object.fromEntries(groupNames.map((one, i) => [one, values[i]])));
    return partial(
      {
        version: fc.constant(1),
        name: fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/),
        description: hostileText,
        nixpkgs: fc.oneof(
          fc.constantFrom("nixos-26.05", "0123456789abcdef0123456789abcdef01234567"),
          partial({
            url: fc.constantFrom("github:NixOS/nixpkgs/nixos-26.05", "path:/srv/nixpkgs"),
            unfree: fc.oneof(fc.constant(true), fc.array(hostileLine, { maxLength: 3 })),
            insecure: fc.array(hostileLine, { maxLength: 3 }),
          }),
        ),
        inputs: fc.constant(
          Object.fromEntries(inputs.map((one) => [one, "github:NixOS/nixpkgs/0123456789abcdef0123456789abcdef01234567"])),
        ),
        systems: fc.subarray(SYSTEMS, { minLength: 1 }),
        groups,
        shells: mapOf(
          fc.oneof(name, fc.constant("default")),
          partial({
            title: hostileText,
            groups: some(groupNames),
            packages: tools,
            env: mapOf(fc.stringMatching(/^[A-Z][A-Z0-9_]{0,12}$/), envValue),
            envFiles: fc.array(fc.oneof(hostileFile, partial({ file: hostileFile, optional: fc.boolean() }, ["file"])), {
              maxLength: 2,
            }),
            hook: hostileText,
          }),
        ),
        commands: mapOf(
          name.map((one) => `run-${one}`),
          partial({ help: hostileLine, run: hostileText.filter((text) => text.trim() !== ""), groups: some(groupNames) }, [
            "run",
          ]),
        ),
        settings: fc.record(
          {
            "experimental-features": fc.constant(["nix-command", "flakes"]),
            "max-jobs": fc.constantFrom("auto", 1),
            cores: fc.nat(64),
          },
          { requiredKeys: [] },
        ),
        substituters: fc.uniqueArray(
          fc
            .tuple(fc.integer({ min: 1, max: 9 }), key)
            .map(([n, k]) => ({ url: `https://cache${n}.example/`, publicKey: `cache${n}-1:${k}` })),
          { maxLength: 3, selector: ({ url }) => url },
        ),
        trustedUsers: fc.constantFrom(["root"], ["root", "@wheel"]),
        gc: partial({
          automatic: fc.boolean(),
          dates: fc.constantFrom("weekly", "03:15"),
          olderThan: fc.constantFrom("30d", "7d"),
        }),
        network: partial({
          proxy: fc.constantFrom("http://proxy.example.net:3128", "http://u%25s@proxy.example.net:3128/", "socks5h://[::1]:1080"),
          noProxy: fc.constantFrom([".example.net", "10.0.0.0/8", "::1"], ["*"], []),
          caBundle: fc.constantFrom("/etc/ssl/company.pem", "/etc/%h;(id)&/ca.pem", "./certs/company.pem"),
        }),
        buildUsers: fc
          .uniqueArray(name, { minLength: 1, maxLength: 4 })
          .chain((roles) =>
            fc
              .tuple(
                ...roles.map((role) =>
                  partial({ role: fc.constant(role), description: hostileText, groups: some(groupNames) }, ["role"]),
                ),
              )
              .map((list) => ({ roles: list })),
          ),
        policy: partial({
          nixpkgs: fc.constant({ maxAge: "60d" }),
          licenses: fc.constant({ deny: ["SSPL-1.0"] }),
          closure: fc.constant(Object.fromEntries(groupNames.slice(0, 2).map((one) => [one, "2GiB"]))),
        }),
        sbom: fc.boolean(),
        updates: fc.constantFrom("renovate", { bot: "dependabot", every: "month", minimumAge: "3d" }),
        repository: fc.constantFrom("github:acme/platform", "git+https://git.example.net/a/b?ref=main"),
        users: mapOf(name, fc.constantFrom({}, { settings: { cores: 2 } }), 2),
        volumes: mapOf(
          name.filter((one) => !groupNames.includes(`volume-${one}`)),
          partial({ mount: fc.constantFrom("/volumes/aws", "/mnt/it's"), groups: some(groupNames) }, ["mount"]),
          2,
          // Each is mounted at a place of its own.
        ).map((volumes) =>
          Object.fromEntries(
            Object.entries(volumes as Record<string, { mount: string }>).map(([one, volume]) => [
              one,
              { ...volume, mount: `${volume.mount}/${one}` },
            ]),
          ),
        ),
        hosts: fc
          .tuple(
            ...hosts.map(() =>
              partial({
                system: fc.constantFrom("x86_64-linux", "aarch64-linux"),
                groups: some(groupNames),
                stateVersion: fc.constantFrom("24.05", "26.05"),
              }),
            ),
          )
          .map((values) => Object.fromEntries(hosts.map((one, i) => [one, values[i]]))),
        images: mapOf(
          name.filter((one) => !groupNames.includes(`image-${one}`)),
          partial(
            {
              groups: some(groupNames),
              name: fc.constantFrom("ci", "registry.example.net:5000/platform/ci"),
              user: fc.constantFrom(0, 1, 65533),
            },
            // Not every name of an entry is the name of an image.
            ["name"],
          ),
          2,
        ),
        ci: fc.constantFrom("gitlab", "forgejo", { forges: ["github", "gitlab"], cache: { cachix: "acme", store: "actions" } }),
        devcontainer: fc.boolean(),
      },
      ["version", "name", "groups", "inputs"],
    ) as fc.Arbitrary<Record<string, unknown>>;
  });

/** A spec as YAML text. */
export const specText: fc.Arbitrary<string> = specValue.map((value) =>
  stringify(value, { lineWidth: 0, aliasDuplicateObjects: false }),
);
