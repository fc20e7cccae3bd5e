# Tools -> the packages this system has, and the names of the tools it lacks. A tool that is missing, unfree, broken or made for
# other systems never breaks the others: nixpkgs says so in `meta.available`, or throws where an attribute was removed.
system: tools:
let
  isAvailable =
    tool:
    builtins.elem system (tool.systems or [ system ])
    && (builtins.tryEval (tool.package != null && tool.package.meta.available or true)).value;
  found = builtins.partition isAvailable tools;
in
{
  tools = found.right;
  packages = map (tool: tool.package) found.right;
  missing = map (tool: tool.name) found.wrong;
}
