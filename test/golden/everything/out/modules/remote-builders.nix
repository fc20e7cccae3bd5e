# The machines that this one sends builds to; and on a host of the spec that is such a machine, what makes it one.
{ config, lib, ... }:
let
  # `host` is the builder's name among the spec's hosts, or empty.
  builders = [
    {
      host = "builder";
      machine = {
        hostName = "builder.example.net";
        protocol = "ssh-ng";
        sshUser = "nixremote";
        systems = [
          "x86_64-linux"
        ];
        maxJobs = 8;
        speedFactor = 1;
        supportedFeatures = [
          "big-parallel"
        ];
        mandatoryFeatures = [ ];
      };
    }
    {
      host = "";
      machine = {
        hostName = "arm.example.net";
        protocol = "ssh";
        sshUser = "nixremote";
        systems = [
          "aarch64-linux"
        ];
        maxJobs = 1;
        speedFactor = 2;
        supportedFeatures = [ ];
        mandatoryFeatures = [
          "kvm"
        ];
        sshKey = "/etc/nix/builder_ed25519";
        publicHostKey = "c3NoLWVkMjU1MTkgQUFBQQ==";
      };
    }
  ];
  # What the spec's hosts that serve as builders need: who logs in, and which features their daemon must know of.
  serving.builder = {
    accounts = [
      "nixremote"
    ];
    trusted = [
      "nixremote"
    ];
    features = [
      "big-parallel"
    ];
  };

  inherit (config.flakewright) host;
  # A machine is not its own builder.
  others = builtins.filter (builder: host == "" || builder.host != host) builders;
  isBuilder = serving ? ${host};
  own =
    serving.${host} or {
      accounts = [ ];
      trusted = [ ];
      features = [ ];
    };

  # Below mkDefault: what the host's own module says about an account of this name comes first.
  weakly = lib.mkOverride 1400;
  account = user: {
    isSystemUser = weakly (!config.users.users.${user}.isNormalUser);
    group = weakly user;
    # ssh runs `nix-daemon --stdio` through the account's shell.
    useDefaultShell = weakly true;
  };
  hasNoKey =
    user:
    let
      inherit (config.users.users.${user}.openssh.authorizedKeys) keys keyFiles;
    in
    keys == [ ] && keyFiles == [ ];
in
{
  imports = [ ./options.nix ];

  nix.distributedBuilds = lib.mkIf (others != [ ]) true;
  nix.buildMachines = map (builder: builder.machine) others;

  services.openssh.enable = lib.mkIf isBuilder true;
  users.users = lib.genAttrs own.accounts account;
  users.groups = lib.genAttrs own.accounts (_: { });
  nix.settings = lib.mkIf isBuilder {
    # Only a trusted user may send inputs that no cache has signed. The rest of the list is in nix-settings.nix.
    trusted-users = lib.mkForce own.trusted;
    extra-system-features = own.features;
  };
  warnings = map (
    user:
    "flakewright: no key may log in as ${user}, so this builder gets no builds: set users.users.${user}.openssh.authorizedKeys.keys"
  ) (builtins.filter hasNoKey own.accounts);
}
