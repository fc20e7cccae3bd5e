/*
 * A spec that has every key of the language, made from the schema, for tests that must cover every key.
 */

export interface SchemaNode {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly propertyNames?: SchemaNode;
  readonly additionalProperties?: SchemaNode | false;
  readonly items?: SchemaNode;
  readonly then?: SchemaNode;
  readonly else?: { readonly then?: SchemaNode };
  readonly $defs?: Readonly<Record<string, SchemaNode>>;
}

/** A valid text for each definition of the schema that has a form. */
const TEXTS: Readonly<Record<string, string>> = {
  projectName: "sample",
  name: "sample",
  hostName: "sample",
  envName: "SAMPLE",
  gitRef: "nixos-26.05",
  flakeReference: "github:NixOS/nixpkgs/nixos-26.05",
  attributePath: "jq",
  requirement: ">=0.1",
  attribute: "sample",
  packageVersion: "1.2",
  text: "sample text",
  oneLine: "sample",
  absolutePath: "/sample",
  modulePath: "./sample.nix",
  projectPath: "sample",
  searchPath: "sample",
  olderThan: "30d",
  minimumAge: "3d",
  license: "AGPL-3.0-only",
  size: "2GiB",
  repositoryReference: "github:acme/platform",
  stateVersion: "26.05",
  hostAddress: "sample",
  account: "sample",
  nixUser: "sample",
  feature: "sample",
  runnerLabel: "sample",
  imageName: "registry.example.net/sample",
  cachixName: "sample",
  base64: "c2FtcGxl",
  proxyAddress: "http://proxy.example.net:3128",
  noProxyEntry: ".example.net",
  bundlePath: "/etc/ssl/certs/sample.pem",
  url: "https://cache.example.net/",
};

/** Called for each map with keys of the language: the sample map, and its place in the schema such as `groups.*.packages[]`. */
type Visit = (value: object, place: string) => void;

/** A value with every key of the schema. Names that users choose are `sample`. Throws for a definition without a sample text. */
export function sampleOf(schema: SchemaNode, visit: Visit = () => {}): unknown {
  const definitions = schema.$defs ?? {};
  const build = (node: SchemaNode, place: string, definition = ""): unknown => {
    if (node.$ref !== undefined) {
      const name = node.$ref.replace("#/$defs/", "");
      const target = definitions[name];
      if (!target) throw new Error(`no definition ${name}`);
      return build(target, place, name);
    }
    if (node.const !== undefined) return node.const;
    if (node.enum) return node.enum[0];
    if (node.else?.then) return build(node.else.then, place, definition);
    if (node.properties) {
      const value: Record<string, unknown> = {};
      for (const [key, property] of Object.entries(node.properties))
        value[key] = build(property, place === "" ? key : `${place}.${key}`);
      visit(value, place);
      return value;
    }
    const types = ([] as string[]).concat((node.type ?? []) as string[]);
    if (types.includes("array") && node.items && !types.includes("object")) return [build(node.items, `${place}[]`)];
    if (types.includes("object")) {
      const name = node.propertyNames ? String(build(node.propertyNames, `${place}.*`)) : "cores";
      const values = node.additionalProperties;
      return { [name]: values ? build(values, `${place}.*`) : "sample" };
    }
    if (types.includes("boolean")) return true;
    if (types.includes("integer") || types.includes("number")) return node.minimum ?? 1;
    const text = TEXTS[definition];
    if (text === undefined)
      throw new Error(`test/support/sample-spec.ts has no text for the definition \`${definition}\` (${place})`);
    return text;
  };
  return build(schema, "");
}
