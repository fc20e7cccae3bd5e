import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { blocksOf, stepsOf } from "../support/guide.ts";
import { generated } from "../support/machine.ts";
import { evaluate } from "../support/real-nixpkgs.ts";
import { needs } from "../support/tools.ts";

/* Machines of the guides on a real nixpkgs and a real nix-darwin: what a reader has when the page ends is a whole system. */

const test = suite("guides on a real nixpkgs");

/** As `nixos-generate-config --show-hardware-config` prints it, on a virtual machine. */
const HARDWARE = `{ config, lib, pkgs, modulesPath, ... }:
{
  imports = [ (modulesPath + "/profiles/qemu-guest.nix") ];
  boot.initrd.availableKernelModules = [ "ahci" "xhci_pci" "virtio_pci" "sr_mod" "virtio_blk" ];
  boot.kernelModules = [ "kvm-amd" ];
  fileSystems."/" = { device = "/dev/disk/by-uuid/8c4f4c4b-4f0e-4f0b-8d2c-1f1d2b1f6c11"; fsType = "ext4"; };
  fileSystems."/boot" = { device = "/dev/disk/by-uuid/12CE-A600"; fsType = "vfat"; options = [ "fmask=0022" "dmask=0022" ]; };
  swapDevices = [ ];
  nixpkgs.hostPlatform = lib.mkDefault "x86_64-linux";
}
`;

needs(test, ["nix", "nixpkgs"])(
  "nixos-builders.md: the builder with its hardware, and the desk that sends builds to it",
  async () => {
    const page = "guides/nixos-builders.md";
    const out = generated(blocksOf(page, "yaml")[0] ?? "");
    writeFileSync(join(out, "hosts/builder-hardware.nix"), HARDWARE);
    for (const step of stepsOf(page)) {
      if (!("file" in step) || !step.file.startsWith("out/")) continue;
      const path = join(out, step.file.slice("out/".length));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, step.text);
    }
    const builder = await evaluate(
      out,
      "nixosConfigurations.builder.config",
      `c: [ c.system.build.toplevel.drvPath c.fileSystems."/".device c.services.openssh.enable c.users.users.nixremote.isSystemUser ]`,
    );
    assert.match((builder as string[])[0] ?? "", /nixos-system-builder/);
    assert.equal((builder as unknown[]).slice(1), ["/dev/disk/by-uuid/8c4f4c4b-4f0e-4f0b-8d2c-1f1d2b1f6c11", true, true]);
    const desk = await evaluate(
      out,
      "nixosConfigurations.desk.config",
      "c: [ c.system.build.toplevel.drvPath (map (m: [ m.hostName m.sshUser m.sshKey ]) c.nix.buildMachines) ]",
    );
    assert.match((desk as string[])[0] ?? "", /nixos-system-desk/);
    assert.equal((desk as unknown[])[1], [["builder.example.net", "nixremote", "/etc/nix/builder_ed25519"]]);
  },
);

needs(test, ["nix", "nixpkgs", "nixDarwin"])("macs.md: the laptop", async () => {
  const [hosts = ""] = blocksOf("guides/macs.md", "yaml");
  const out = generated(
    `version: 1\nname: platform\nnixpkgs: nixos-26.05\ngroups: { k8s: { packages: [kubectl, kubernetes-helm, k9s, jq] } }\n${hosts}`,
  );
  const system = await evaluate(out, "darwinConfigurations.laptop.system", "s: s.drvPath", ["nixpkgs", "nix-darwin"]);
  assert.match(String(system), /darwin-system/);
});

test.run();
