import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/*
 * What it costs Nix to evaluate one dev shell, in function calls and bytes above the bare packages: for the generated flake without and
 * with a path, an entry of PATH and two commands, for a flake written by hand, and for each framework whose source is in
 * $FLAKEWRIGHT_FRAMEWORKS. $FLAKEWRIGHT_NIX_CURRENT is a command that runs its arguments where a current Nix is, in place of `nix` on PATH.
 */

const SYSTEM = "x86_64-linux";
const TOOLS = ["kubectl", "clusterctl", "kubernetes-helm", "talosctl"];
const packages = TOOLS.map((name) => `pkgs.${name}`).join(" ");
const NIXPKGS = 'inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";';
const PKGS = `import inputs.nixpkgs { system = "${SYSTEM}"; config = { }; overlays = [ ]; }`;

interface Style {
  flake: string;
  attribute: string;
  /** Input → folder in $FLAKEWRIGHT_FRAMEWORKS, or `nixpkgs` for the shared one. `a/b` is the input `b` of the input `a`. */
  inputs?: Record<string, string>;
}

const SHELL = `devShells.${SYSTEM}.k8s.drvPath`;
const STYLES: Record<string, Style> = {
  floor: {
    flake: `{ ${NIXPKGS} outputs = inputs: let pkgs = ${PKGS}; in { paths = map (package: package.drvPath) [ ${packages} ]; }; }`,
    attribute: "paths",
  },
  "by hand": {
    flake: `{ ${NIXPKGS} outputs = inputs: let pkgs = ${PKGS}; in { devShells.${SYSTEM}.k8s = pkgs.mkShellNoCC { packages = [ ${packages} ]; }; }; }`,
    attribute: SHELL,
  },
  "flake-utils": {
    flake: `{ ${NIXPKGS} inputs.flake-utils.url = "github:numtide/flake-utils"; outputs = inputs: inputs.flake-utils.lib.eachDefaultSystem (system: let pkgs = inputs.nixpkgs.legacyPackages.\${system}; in { devShells.k8s = pkgs.mkShellNoCC { packages = [ ${packages} ]; }; }); }`,
    attribute: SHELL,
    inputs: { "flake-utils": "flake-utils", "flake-utils/systems": "systems-default" },
  },
  "flake-parts": {
    flake: `{ ${NIXPKGS} inputs.flake-parts.url = "github:hercules-ci/flake-parts"; outputs = inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } { systems = [ "${SYSTEM}" ]; perSystem = { pkgs, ... }: { devShells.k8s = pkgs.mkShellNoCC { packages = [ ${packages} ]; }; }; }; }`,
    attribute: SHELL,
    inputs: { "flake-parts": "flake-parts", "flake-parts/nixpkgs-lib": "nixpkgs-lib" },
  },
  flakelight: {
    flake: `{ ${NIXPKGS} inputs.flakelight.url = "github:nix-community/flakelight"; outputs = inputs: inputs.flakelight ./. { inherit inputs; systems = [ "${SYSTEM}" ]; devShells.k8s = pkgs: { packages = [ ${packages} ]; }; }; }`,
    attribute: SHELL,
    inputs: { flakelight: "flakelight", "flakelight/nixpkgs": "nixpkgs" },
  },
  "numtide/devshell": {
    flake: `{ ${NIXPKGS} inputs.devshell.url = "github:numtide/devshell"; outputs = inputs: let pkgs = ${PKGS}; in { devShells.${SYSTEM}.k8s = (import inputs.devshell { nixpkgs = pkgs; }).mkShell { packages = [ ${packages} ]; }; }; }`,
    attribute: SHELL,
    inputs: { devshell: "devshell" },
  },
};

/** The same shell with what a project needs besides tools. */
const SHELL_TO_LIVE_IN = `version: 1
name: demo
nixpkgs: "0123456789abcdef0123456789abcdef01234567"
groups: { k8s: { packages: [${TOOLS.join(", ")}] } }
shells: { k8s: { env: { KUBECONFIG: { path: .kube/config }, PATH: { prepend: [bin] } } } }
commands:
  deploy: { help: Roll out, run: 'kubectl apply -k "$FLAKEWRIGHT_ROOT/overlays/staging"' }
  pods: { help: List the pods, run: 'kubectl get pods "$@"', groups: [k8s] }
`;

/** One row a style; undefined without $FLAKEWRIGHT_NIXPKGS. The counters of an evaluation repeat exactly, so each runs once. */
export function evaluation(root: string, folder: string): Record<string, string | number>[] | undefined {
  const nixpkgs = process.env["FLAKEWRIGHT_NIXPKGS"];
  if (!nixpkgs) return undefined;
  const frameworks = process.env["FLAKEWRIGHT_FRAMEWORKS"];
  mkdirSync(folder, { recursive: true });
  const measure = (flake: string, attribute: string, inputs: Record<string, string>) => {
    const file = join(folder, "stats.json");
    const overrides = Object.entries({ nixpkgs, ...inputs }).flatMap(([name, path]) => [
      "--override-input",
      name,
      // The store of another root is not visible here.
      `path:${existsSync(path) ? realpathSync(path) : path}`,
    ]);
    const [program = "nix", ...prefix] = [...(process.env["FLAKEWRIGHT_NIX_CURRENT"] ?? "").split(" "), "nix"].filter(Boolean);
    execFileSync(program, [...prefix, "eval", "--json", `path:${flake}#${attribute}`, "--no-write-lock-file", ...overrides], {
      stdio: ["ignore", "ignore", "pipe"],
      env: {
        ...process.env,
        NIX_CONFIG: "experimental-features = nix-command flakes\neval-cache = false\nsubstituters =",
        NIX_SHOW_STATS: "1",
        NIX_SHOW_STATS_PATH: file,
      },
    });
    const { nrFunctionCalls, gc, values, sets } = JSON.parse(readFileSync(file, "utf8"));
    return { calls: nrFunctionCalls as number, bytes: (gc?.totalBytes ?? values.bytes + sets.bytes) as number };
  };
  const rows: Record<string, string | number>[] = [];
  let floor = { calls: 0, bytes: 0 };
  const add = (style: string, { calls, bytes }: typeof floor) =>
    rows.push({
      style,
      calls,
      "above the floor": calls - floor.calls,
      "MiB above the floor": Number(((bytes - floor.bytes) / 2 ** 20).toFixed(2)),
    });
  for (const [style, { flake, attribute, inputs = {} }] of Object.entries(STYLES)) {
    const folderOf = (source: string) => (source === "nixpkgs" ? nixpkgs : join(frameworks ?? "", source));
    const sources = Object.fromEntries(Object.entries(inputs).map(([name, source]) => [name, folderOf(source)]));
    if (Object.values(sources).some((path) => !frameworks || !existsSync(path))) {
      rows.push({ style, calls: "no source" });
      continue;
    }
    const at = join(folder, style.replaceAll(/\W/g, "-"));
    mkdirSync(at, { recursive: true });
    writeFileSync(join(at, "flake.nix"), flake);
    try {
      const counted = measure(at, attribute, sources);
      if (style === "floor") floor = counted;
      add(style, counted);
    } catch (error) {
      const stderr = String((error as { stderr?: Buffer }).stderr ?? error);
      const reason = /^\s*error: (?!cached failure)(\S.*)$/m.exec(stderr)?.[1] ?? stderr.trim().split("\n").at(-1) ?? "";
      rows.push({ style, calls: `does not evaluate: ${reason.slice(0, 80)}` });
    }
  }
  add("flakewright", measure(join(root, "out"), SHELL, {}));
  const [spec, out] = [join(folder, "shell-to-live-in.yaml"), join(folder, "shell-to-live-in")];
  writeFileSync(spec, SHELL_TO_LIVE_IN);
  execFileSync(process.execPath, [join(root, "dist/flakewright.js"), "generate", spec, "--out", out, "--quiet"]);
  add("flakewright: a path, PATH, two commands", measure(out, SHELL, {}));
  return rows;
}
