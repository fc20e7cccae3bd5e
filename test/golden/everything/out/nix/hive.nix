# The machines that colmena deploys, in the two forms it reads. Both hold the same machines with the same settings.
inputs: hosts:
let
  deployed = removeAttrs hosts (
    builtins.filter (name: hosts.${name}.deployment == null) (builtins.attrNames hosts)
  );
  name = "everything";
  description = "Quotes \" and ', \${braces} and *stars*";
  packageSets = import ./package-sets.nix {
    inherit inputs;
    system = "x86_64-linux";
  };
  select =
    names: attributes:
    removeAttrs attributes (
      builtins.filter (attribute: !builtins.elem attribute names) (builtins.attrNames attributes)
    );
in
{
  # For colmena up to 0.4 and for `colmena.lib.makeHive`, which evaluate the machines themselves.
  colmena =
    builtins.mapAttrs (_: host: {
      imports = host.modules;
      inherit (host) deployment;
    }) deployed
    // {
      meta = {
        inherit name description;
        inherit (packageSets) nixpkgs;
      };
    };

  # For colmena since 0.5, which asks for evaluated machines: those of nixosConfigurations, so that what is deployed is what was
  # built and cached. Where and how to deploy is known without evaluating any machine.
  colmenaHive = rec {
    __schema = "v0.5";
    metaConfig = {
      inherit name description;
      allowApplyAll = true;
      machinesFile = null;
    };
    deploymentConfig = builtins.mapAttrs (
      _: host:
      {
        targetPort = null;
        sshOptions = [ ];
        privilegeEscalationCommand = [
          "sudo"
          "-H"
          "--"
        ];
        allowLocalDeployment = false;
        buildOnTarget = false;
        replaceUnknownProfiles = true;
        keys = { };
      }
      // host.deployment
    ) deployed;
    nodes = builtins.mapAttrs (
      node: deployment:
      let
        machine = inputs.self.nixosConfigurations.${node};
      in
      machine
      // {
        config = machine.config // {
          inherit deployment;
        };
      }
    ) deploymentConfig;
    toplevel = builtins.mapAttrs (_: node: node.config.system.build.toplevel) nodes;
    deploymentConfigSelected = names: select names deploymentConfig;
    evalSelected = names: select names toplevel;
    evalSelectedDrvPaths = names: builtins.mapAttrs (_: system: system.drvPath) (evalSelected names);
    introspect =
      function:
      function {
        inherit (inputs.nixpkgs) lib;
        pkgs = packageSets.nixpkgs;
        inherit nodes;
      };
  };
}
