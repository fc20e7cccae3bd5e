/**
 * A map without inherited names, so that a key named `constructor` is only a key. Not `Object.create(null)`: of that V8 makes a hash table,
 * several times as large and slow. Node's querystring does the same.
 */
export const PlainMap = function PlainMap() {} as unknown as new () => Record<string, unknown>;
PlainMap.prototype = Object.freeze(Object.create(null));
