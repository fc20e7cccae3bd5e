import type { LinuxHost, Model, Setting } from "../../model/model.ts";
import { extended } from "./extended.ts";
import { buildersOn, trustedAccounts } from "./fleet.ts";
import { isOtherLinux } from "./kinds.ts";
import { confView, machinesView, sysusersView, withFlakes } from "./machine.ts";
import { dropInView, hasNetwork, withBundle } from "./network.ts";

/** Data for hosts of other distributions: machines/NAME/etc/ of those that differ from etc/. */

type File = { readonly name: string; readonly view: object };

/** The hosts that have a folder below machines/. */
export const withOwnFolder = (model: Model): LinuxHost[] =>
  model.hosts
    .filter(isOtherLinux)
    .filter(({ name, ownSettings }) => ownSettings.length > 0 || buildersOn(name, model).length > 0);

export const ownConfs = (model: Model): File[] =>
  withOwnFolder(model).map((host) => ({
    name: host.name,
    view: { ...confView(model, withFlakes(withBundle(model, settingsWithTrust(host, model)))), host: host.name },
  }));

/** A machine is not its own builder. */
export const ownMachines = (model: Model): File[] =>
  model.builders.length === 0
    ? []
    : withOwnFolder(model).map(({ name }) => {
        const builders = model.builders.filter((builder) => builder.specHost !== name);
        return { name, view: { ...machinesView({ ...model, builders }), host: name } };
      });

export const ownSysusers = (model: Model): File[] => {
  const { buildUsers } = model;
  if (!buildUsers || buildUsers.roles.length === 0) return [];
  return withOwnFolder(model).map(({ name }) => ({ name, view: sysusersView(model, buildUsers) }));
};

export const ownDropIns = (model: Model): File[] =>
  hasNetwork(model) ? withOwnFolder(model).map(({ name }) => ({ name, view: dropInView(model) })) : [];

/** A builder trusts the accounts of the machines that send builds, and has the features that the spec gives it. */
function settingsWithTrust({ name, settings }: LinuxHost, model: Model): readonly Setting[] {
  const trusted = settings.find((one) => one.name === "trusted-users");
  const features = buildersOn(name, model).flatMap((one) => [...one.features, ...one.mandatoryFeatures]);
  const trusting = extended(settings, "extra-trusted-users", trustedAccounts(name, model, trusted));
  return extended(trusting, "extra-system-features", features);
}
