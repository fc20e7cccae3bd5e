/**
 * `.envrc` as `init` writes it, for the output folder `out`. A run whose output folder is the project's own, `--out .`, may replace it by
 * the generated one.
 */
export const STARTER_ENVRC = `# direnv opens the default shell in this folder after \`direnv allow\`; \`use flake ./out#k8s\` opens one group's shell.
# The shell is made anew after a change of what it depends on: nix-direnv compares the files that are watched before \`use flake\`.
watch_file out/flake.nix out/flake.lock out/nix/* out/overlays/*
use flake ./out
`;
