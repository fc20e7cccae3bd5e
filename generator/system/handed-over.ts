/**
 * The descriptor that an absolute path means, of those that whoever started the program has opened for it: 0 for /dev/stdin, 63 for /dev/fd/63, which
 * bash and zsh write for `<(…)`. Undefined for any other path. Only as it is written: a link to one is a file of the repository, whose author
 * has handed over nothing.
 */
export function handedOver(path: string): number | undefined {
  const [, name, number] = /^\/dev\/(stdin|fd\/(\d+))$/.exec(path.replace(/^\/proc\/self\/fd\//, "/dev/fd/")) ?? [];
  return name === undefined ? undefined : Number(number ?? 0);
}
