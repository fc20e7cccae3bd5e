import type { Model } from "../model/model.ts";
import type { Stage } from "../report/diagnostic.ts";
import type { PlanContext } from "./context.ts";
import type { Templates } from "./render.ts";
import { STARTER_ENVRC } from "./starter-files.ts";
import { catalogView } from "./views/catalog.ts";
import { darwinHostsView } from "./views/darwin-hosts.ts";
import { deployedByDeployRs, deployView } from "./views/deploy.ts";
import { devcontainerView } from "./views/devcontainer.ts";
import { architectureView } from "./views/document.ts";
import { hasBudgets, hasDenied, hasPolicyChecks, hasPrograms, hasSbom, hasSizes } from "./views/evidence.ts";
import {
  checksView,
  flakeView,
  overlayScaffolds,
  overlaysView,
  packageSetsView,
  packagesView,
  pinsView,
  templateView,
  toolGroupsView,
} from "./views/flake.ts";
import { deployedByColmena, hiveView, hostScaffoldView, hostsView, remoteBuildersView } from "./views/fleet.ts";
import { FORGES } from "./views/forges.ts";
import { imagesView } from "./views/images.ts";
import { isDarwin, isNixos, isOtherLinux } from "./views/kinds.ts";
import { ownConfs, ownDropIns, ownMachines, ownSysusers } from "./views/linux-hosts.ts";
import {
  applyView,
  darwinView,
  homeManagerView,
  machinesView,
  manageView,
  setupView,
  systemConfView,
  sysusersView,
  userConfView,
  volumeConfView,
} from "./views/machine.ts";
import { dropInView, hasNetwork, networkModuleView, ownBundle, shellNetworkView } from "./views/network.ts";
import {
  buildUsersView,
  enabledToolsView,
  hasPolicy,
  nixosIndexView,
  nixosSettingsView,
  nixpkgsConfigView,
  optionsView,
  toolModuleView,
} from "./views/nixos.ts";
import { changesView } from "./views/pipelines.ts";
import { policyView } from "./views/policy.ts";
import { commandsView, devShellsView, hasCommands, hasEntry } from "./views/shells.ts";
import { dependabotView, renovateView, whenBot } from "./views/updates.ts";

/** A generated file. `path` is relative to the output folder, with `/`, and consists of validated names. */
export interface PlannedFile {
  readonly path: string;
  readonly text: string;
  readonly mode: number;
  /** A scaffold: written if there is no such file, then the user's own. */
  readonly once: boolean;
  /** A text of ours that is no output and may be in this place. */
  readonly replaces?: string;
}

interface Output {
  /** The path of the file; `NAME` is the name of an entry. The template has the same path, with `.hbs`. */
  readonly path: string;
  readonly mode?: number;
  readonly once?: true;
  readonly replaces?: string;
  /** True if the dev shells depend on the file: direnv watches it. */
  readonly shells?: true;
  /** One file for each element: the template's data and, for a path with NAME, the name. */
  readonly files: (model: Model, context: PlanContext) => readonly { readonly name?: string; readonly view: object }[];
}

type View = (model: Model, context: PlanContext) => object;
const always =
  (view: View): Output["files"] =>
  (model, context) => [{ view: view(model, context) }];
const when =
  (asked: (model: Model) => boolean, view: View): Output["files"] =>
  (model, context) =>
    asked(model) ? [{ view: view(model, context) }] : [];

const empty: View = () => ({});

/** Every output. The order is the order in which files are written. */
const OUTPUTS: readonly Output[] = [
  { path: "flake.nix", shells: true, files: always(flakeView) },
  { path: "nix/package-sets.nix", shells: true, files: always(packageSetsView) },
  { path: "nix/overlays.nix", shells: true, files: when((model) => model.nixpkgs.overlays.length > 0, overlaysView) },
  { path: "nix/nixpkgs-config.nix", shells: true, files: when(hasPolicy, nixpkgsConfigView) },
  { path: "nix/tool-groups.nix", shells: true, files: always(toolGroupsView) },
  { path: "nix/available.nix", shells: true, files: always(empty) },
  { path: "nix/environment.nix", files: always((model) => ({ hasChanges: model.ci !== undefined })) },
  { path: "nix/changes.sh", mode: 0o755, files: when((model) => model.ci !== undefined, changesView) },
  { path: "nix/apps.nix", files: always(empty) },
  { path: "nix/enabled-tools.nix", files: always(enabledToolsView) },
  { path: "nix/dev-shells.nix", shells: true, files: always(devShellsView) },
  { path: "nix/shell-entry.sh", shells: true, files: when(hasEntry, empty) },
  { path: "nix/network.sh", shells: true, files: when(hasNetwork, shellNetworkView) },
  { path: "nix/commands.nix", shells: true, files: when(hasCommands, commandsView) },
  { path: "nix/write-commands.sh", shells: true, files: when(hasCommands, empty) },
  { path: "nix/packages.nix", files: always(packagesView) },
  { path: "nix/images.nix", files: when((model) => model.images.length > 0, imagesView) },
  { path: "nix/image-apps.nix", files: when((model) => model.images.length > 0, empty) },
  { path: "nix/checks.nix", files: always(checksView) },
  { path: "nix/pins.nix", files: when((model) => model.inputs.some((set) => set.isPin), pinsView) },
  { path: "nix/programs.nix", files: when(hasPrograms, empty) },
  { path: "nix/check-programs.sh", files: when(hasPrograms, empty) },
  { path: "nix/licenses.nix", files: when((model) => hasSbom(model) || hasDenied(model), empty) },
  { path: "nix/sbom.nix", files: when(hasSbom, empty) },
  { path: "nix/write-sbom.sh", files: when(hasSbom, empty) },
  { path: "nix/sizes.nix", files: when(hasSizes, empty) },
  { path: "nix/write-sizes.sh", files: when(hasSizes, empty) },
  { path: "nix/policy.nix", files: when(hasPolicyChecks, policyView) },
  { path: "nix/check-closure.sh", files: when(hasBudgets, empty) },
  { path: "nix/hosts.nix", files: when((model) => model.hosts.some(isNixos), hostsView) },
  { path: "nix/darwin-hosts.nix", files: when((model) => model.hosts.some(isDarwin), darwinHostsView) },
  {
    path: "nix/hive.nix",
    files: (model) => {
      const deployed = deployedByColmena(model);
      return deployed ? [{ view: hiveView(model, deployed) }] : [];
    },
  },
  { path: "nix/deploy.nix", files: when((model) => deployedByDeployRs(model).length > 0, deployView) },
  { path: "modules/default.nix", files: always(nixosIndexView) },
  { path: "modules/options.nix", files: always(optionsView) },
  { path: "modules/nix-settings.nix", files: always(nixosSettingsView) },
  { path: "modules/build-users.nix", files: ({ buildUsers }) => (buildUsers ? [{ view: buildUsersView(buildUsers) }] : []) },
  { path: "modules/network.nix", files: when(hasNetwork, networkModuleView) },
  { path: "modules/remote-builders.nix", files: when((model) => model.builders.length > 0, remoteBuildersView) },
  { path: "modules/tool-groups.nix", files: always(toolModuleView) },
  { path: "modules/home-manager.nix", files: always(homeManagerView) },
  { path: "modules/darwin.nix", files: always(darwinView) },
  { path: "etc/nix/nix.conf", files: when(hasSystemConf, systemConfView) },
  { path: "etc/nix/machines", files: when((model) => model.builders.length > 0, machinesView) },
  {
    path: "etc/sysusers.d/nix-build-users.conf",
    files: (model) => {
      const { buildUsers } = model;
      return buildUsers && hasBuildUsers(model) ? [{ view: sysusersView(model, buildUsers) }] : [];
    },
  },
  { path: "etc/systemd/system/nix-daemon.service.d/flakewright.conf", files: when(hasNetwork, dropInView) },
  {
    path: "users/NAME/nix.conf",
    files: (model) => model.users.map((user) => ({ name: user.name, view: userConfView(model, user) })),
  },
  {
    path: "volumes/NAME/nix.conf",
    files: (model) => model.volumes.map((volume) => ({ name: volume.name, view: volumeConfView(model, volume) })),
  },
  { path: "machines/NAME/etc/nix/nix.conf", files: ownConfs },
  { path: "machines/NAME/etc/nix/machines", files: ownMachines },
  { path: "machines/NAME/etc/sysusers.d/nix-build-users.conf", files: ownSysusers },
  { path: "machines/NAME/etc/systemd/system/nix-daemon.service.d/flakewright.conf", files: ownDropIns },
  { path: "setup-nix-environment.sh", mode: 0o755, files: always(setupView) },
  { path: "manage-nix-packages.sh", mode: 0o755, files: always(manageView) },
  { path: "apply-nix-config.sh", mode: 0o755, files: when(hasMachinePart, applyViewOf) },
  { path: "hosts/NAME.nix", once: true, files: (model) => model.hosts.flatMap((host) => hostScaffoldView(host, model) ?? []) },
  { path: "overlays/NAME.nix", once: true, shells: true, files: overlayScaffolds },
  { path: ".envrc", replaces: STARTER_ENVRC, files: always(envrcView) },
  { path: ".gitattributes", files: always(empty) },
  { path: "template/flake.nix", files: always(templateView) },
  { path: "template/.envrc", files: always(empty) },
  ...Object.entries(FORGES).map(
    ([forge, { path, view }]): Output => ({
      path,
      files: (model) => (model.ci?.forges.some((one) => one === forge) ? [{ view: view(model, model.ci) }] : []),
    }),
  ),
  { path: ".devcontainer/devcontainer.json", files: when((model) => model.devcontainer, devcontainerView) },
  { path: "renovate.json5", files: whenBot("renovate", renovateView) },
  { path: ".github/dependabot.yml", files: whenBot("dependabot", dependabotView) },
  { path: "ARCHITECTURE.md", files: always(architectureView) },
  { path: "catalog.html", files: always(catalogView) },
];

/** A thing's name in a path, as the schema takes it (`name` and `hostName` in language/schema.ts). */
const NAME = /^[a-z0-9_][a-z0-9_-]{0,127}$/;
const OURS = OUTPUTS.filter(({ once }) => !once).map(({ path }) => path.split("NAME"));
const FIXED = new Set(OURS.filter((parts) => parts.length === 1).map(([path]) => path));
const NAMED = OURS.filter((parts) => parts.length > 1);

/** Whether some spec makes a file of this path that stays ours: not one that is written once and then the user's. */
export function canBeOutput(path: string): boolean {
  const isNamed = ([before = "", after = ""]: readonly string[]) =>
    path.startsWith(before) && path.endsWith(after) && NAME.test(path.slice(before.length, path.length - after.length));
  return FIXED.has(path) || NAMED.some(isNamed);
}

/** A Linux host always gets a nix.conf: flakes need a setting. */
function hasSystemConf(model: Model): boolean {
  return model.settings.length > 0 || model.network?.caBundle !== undefined || model.hosts.some(isOtherLinux);
}

/** The files that the dev shells depend on, in the order of OUTPUTS, and flake.lock, which is Nix's own. */
function envrcView(model: Model, context: PlanContext): object {
  const generated = pathsOf(model, context, ({ shells }) => shells ?? false);
  const own = model.nixpkgs.overlays.flatMap((overlay) => ("path" in overlay ? [overlay.path.slice(2)] : []));
  const bundle = ownBundle(model);
  return { watched: [...new Set(["flake.lock", ...generated, ...own, ...(bundle === undefined ? [] : [bundle])])] };
}

/** apply-nix-config.sh knows what belongs beside it: without a file of etc/, it must not take one off the machine. */
function applyViewOf(model: Model, context: PlanContext): object {
  return { ...applyView(model), beside: pathsOf(model, context, ({ path }) => /^(machines\/NAME\/)?etc\//.test(path)) };
}

/** The paths of the files of some outputs, in the order of OUTPUTS. */
const pathsOf = (model: Model, context: PlanContext, asked: (output: Output) => boolean): string[] =>
  OUTPUTS.filter(asked).flatMap((output) => output.files(model, context).map(({ name }) => filePath(output, name)));

const filePath = ({ path }: Output, name: string | undefined): string => (name === undefined ? path : path.replace("NAME", name));

function hasBuildUsers(model: Model): boolean {
  return (model.buildUsers?.roles.length ?? 0) > 0;
}

/** Whether apply-nix-config.sh is needed: for files below etc/, or for setup-nix-environment.sh to read a nix.conf. */
function hasMachinePart(model: Model): boolean {
  const parts = [model.builders, model.users, model.volumes];
  return hasSystemConf(model) || hasNetwork(model) || parts.some((part) => part.length > 0) || hasBuildUsers(model);
}

/** Model → every file of the output tree but the manifest, in the order of OUTPUTS. */
export function planFiles(model: Model, templates: Templates, context: PlanContext): Stage<readonly PlannedFile[]> {
  const files: PlannedFile[] = [];
  for (const output of OUTPUTS) {
    const entries = output.files(model, context);
    if (entries.length === 0) continue;
    const render = templates(`${output.path}.hbs`);
    for (const { name, view } of entries) {
      files.push({
        path: filePath(output, name),
        text: render({ ...view, spec: context.spec }),
        mode: output.mode ?? 0o644,
        once: output.once ?? false,
        ...(output.replaces === undefined ? {} : { replaces: output.replaces }),
      });
    }
  }
  return [files, []];
}
