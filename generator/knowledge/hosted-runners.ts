/*
 * The runners that a forge has for everybody, by system, each with a fixed version where it has one. GitHub: docs.github.com, "GitHub-hosted
 * runners reference". GitLab.com: docs.gitlab.com, "Hosted runners on Linux"; those on macOS have no Nix and need a paid plan. Forgejo's
 * instances bring their own runners: `docker` is the label of Forgejo's documentation.
 */
const HOSTED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  github: {
    "x86_64-linux": "ubuntu-24.04",
    "aarch64-linux": "ubuntu-24.04-arm",
    "aarch64-darwin": "macos-15",
    "x86_64-darwin": "macos-15-intel",
  },
  gitlab: { "x86_64-linux": "saas-linux-small-amd64", "aarch64-linux": "saas-linux-small-arm64" },
  forgejo: { "x86_64-linux": "docker" },
};

/** The label of a forge's hosted runner for a system; undefined when it has none. */
export const hostedRunner = (forge: string, system: string): string | undefined => HOSTED[forge]?.[system];
