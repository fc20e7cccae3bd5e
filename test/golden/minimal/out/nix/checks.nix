# What `nix flake check` and CI build: every shell, and for each role the tools of its groups.
_: _: devShells: {
  shell-default = devShells.default;
  shell-k8s = devShells.k8s;
}
