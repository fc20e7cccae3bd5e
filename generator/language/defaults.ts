import { DEFAULT_RELEASE } from "../knowledge/releases.ts";

/* What a key that is not written means. The schema's descriptions and the model both take it from here. */

export const DEFAULTS = {
  nixpkgs: `nixos-${DEFAULT_RELEASE}`,
  systems: ["x86_64-linux", "aarch64-linux", "aarch64-darwin"],
  gc: { automatic: false, dates: "weekly", olderThan: "30d" },
  buildUsers: { group: "nixbld", gid: 30000, firstUid: 30001 },
  host: {
    system: "x86_64-linux",
    /** Never another one: it says what a machine was installed with, and a newer nixpkgs or flakewright does not change that. */
    stateVersion: "26.05",
  },
  deploy: { user: "root" },
  builder: { protocol: "ssh-ng", user: "nixremote", system: "x86_64-linux", maxJobs: 1, speedFactor: 1 },
} as const;
