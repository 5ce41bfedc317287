/**
 * What Vitest takes from the language that Node 20 does not have yet. Node 20 is the oldest runtime that is promised, so
 * the tests run there too; without this a *failing* test ends Vitest's report in an error. For Vitest's own process
 * alone: nothing that is tested sees it. Remove when Node 22 is the oldest runtime.
 */
Map.groupBy ??= (items, keyOf) => {
  const groups = new Map();
  let index = 0;
  for (const item of items) {
    const key = keyOf(item, index++);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
};

Object.groupBy ??= (items, keyOf) =>
  Object.assign(Object.create(null), Object.fromEntries(Map.groupBy(items, keyOf)));

Promise.withResolvers ??= () => {
  let resolve;
  let reject;
  const promise = new Promise((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
};
