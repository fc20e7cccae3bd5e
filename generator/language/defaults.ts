import { DEFAULT_RELEASE } from "../knowledge/releases.ts";

/** The value of each key that a spec leaves out. The schema's descriptions and the model both use these. */
export const DEFAULTS = {
  nixpkgs: `nixos-${DEFAULT_RELEASE}`,
  systems: ["x86_64-linux", "aarch64-linux", "aarch64-darwin"],
  overlay: { name: "default" },
  nix: "nix",
  envFile: { optional: false },
  gc: { automatic: false, dates: "weekly", olderThan: "30d" },
  buildUsers: { group: "nixbld", gid: 30000, firstUid: 30001 },
  host: {
    system: "x86_64-linux",
    /** Never changes: it is the release that a host was installed with, whatever release of nixpkgs or flakewright is used later. */
    stateVersion: "26.05",
  },
  /** stateVersion of nix-darwin since 25.05 (modules/system/version.nix). Like that of `host`, it never changes. */
  mac: { system: "aarch64-darwin", stateVersion: 6 },
  deployer: "colmena",
  deploy: { user: "root" },
  builder: { protocol: "ssh-ng", user: "nixremote", system: "x86_64-linux", maxJobs: 1, speedFactor: 1 },
  image: { user: 1000 },
  runner: { pullRequests: false },
  updates: { every: "week" },
  devcontainer: false,
} as const;
