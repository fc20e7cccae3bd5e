import { readFileSync } from "node:fs";
import { join } from "node:path";
import Handlebars from "handlebars";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compileOptions, handlebars, printerNames } from "../../generator/output/render.ts";
import { templatePaths } from "../../generator/output/template-paths.ts";
import { repository, system } from "../support/spec.ts";

/* Strings of a spec reach an output only through a printer: checked for every template in the tree that Handlebars parsed. */

const templates = suite("templates");
const paths = await templatePaths(system);
const BLOCKS = ["each", "if"];

/** Each mustache, block and partial of a template that is neither a printer nor a plain block. */
function offences(program: hbs.AST.Program): string[] {
  return program.body.flatMap((statement) => {
    switch (statement.type) {
      case "ContentStatement":
      case "CommentStatement":
        return [];
      case "MustacheStatement": {
        const { path, params, escaped } = statement as hbs.AST.MustacheStatement;
        const name = (path as hbs.AST.PathExpression).original;
        const nested = params.some((param) => param.type === "SubExpression");
        return printerNames.includes(String(name)) && params.length > 0 && !nested && escaped ? [] : [`{{${name}}}`];
      }
      case "BlockStatement": {
        const block = statement as hbs.AST.BlockStatement;
        const name = block.path.original;
        return [
          ...(BLOCKS.includes(name) ? [] : [`{{#${name}}}`]),
          ...offences(block.program),
          ...(block.inverse ? offences(block.inverse) : []),
        ];
      }
      default:
        return [statement.type];
    }
  });
}

templates("there are templates, each at the path of an output", () => {
  assert.ok(paths.includes("flake.nix.hbs") && paths.includes("modules/build-users.nix.hbs"));
});

templates("each printer prints somewhere", () => {
  const texts = paths.map((path) => readFileSync(join(repository, "flake-template", path), "utf8")).join("");
  assert.equal(
    printerNames.filter((name) => !texts.includes(`{{${name} `)),
    [],
  );
});

for (const path of paths) {
  templates(`${path} prints through printers only`, () => {
    const text = readFileSync(join(repository, "flake-template", path), "utf8");
    assert.equal(offences(Handlebars.parse(text)), []);
  });
}

templates("finds a mustache that is not a printer", () => {
  for (const bad of [
    "{{name}}",
    "{{{sh name}}}",
    "{{> part}}",
    "{{#with x}}{{/with}}",
    "{{#if a}}{{name}}{{/if}}",
    "{{#if a}}{{else}}{{name}}{{/if}}",
    "{{sh}}",
    "{{sh (lookup a b)}}",
    "{{&sh name}}",
  ])
    assert.ok(offences(Handlebars.parse(bad)).length > 0, bad);
});

templates("a missing value stops the rendering, also where Handlebars' strict mode ignores it", () => {
  for (const text of [
    "{{sh gone}}",
    "{{#if gone}}x{{/if}}",
    "{{#each gone}}x{{/each}}",
    "{{nix gone 2}}",
    "{{sh constructor}}",
    "{{sh toString}}",
    "{{#each list}}{{sh gone}}{{/each}}",
  ]) {
    const render = handlebars.compile(text, compileOptions);
    assert.throws(() => render({ list: [1] }), undefined, text);
  }
});

templates.run();
