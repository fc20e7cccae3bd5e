/**
 * A function that computes its answer once for each owner, such as a spec, a model or a list, and keeps it as long as the owner lives. The owner
 * is the argument, or what `ownerOf` finds in it.
 */
export function memoized<A, V>(compute: (of: A) => V, ownerOf: (of: A) => object = (of) => of as object): (of: A) => V {
  const answers = new WeakMap<object, { readonly answer: V }>();
  return (of) => {
    const owner = ownerOf(of);
    let known = answers.get(owner);
    if (!known) {
      known = { answer: compute(of) };
      answers.set(owner, known);
    }
    return known.answer;
  };
}
