/**
 * A map without inherited properties, so that a key named `constructor` is an ordinary key. `Object.create(null)` would make V8 use a hash
 * table, which is several times larger and slower. Node's querystring module uses the same technique.
 */
export const PlainMap = function PlainMap() {} as unknown as new () => Record<string, unknown>;
PlainMap.prototype = Object.freeze(Object.create(null));
