// What looks as it did stays the same object, so that nothing is drawn anew for
// it: of all that counts on with each update, few figures change what is read.
// Pure, but that each keeper remembers the list it gave last.

/** Keeps items, and the whole list where it can, as long as they are the same to
 *  who looks. They are compared by their place in the list. */
export function steady<T>(same: (was: T, now: T) => boolean): (now: readonly T[]) => readonly T[] {
  let last: readonly T[] = [];
  return (now) => {
    let out: T[] | undefined;
    for (let i = 0; i < now.length; i++) {
      const is = now[i]!;
      const was = last[i];
      if (was !== undefined && same(was, is)) {
        out?.push(was);
      } else {
        out ??= last.slice(0, i);
        out.push(is);
      }
    }
    if (out) last = out;
    else if (now.length !== last.length) last = last.slice(0, now.length);
    return last;
  };
}

/** How some members are read: two values of which it makes the same are the same. */
export type Reads<T> = { [K in keyof T]?: (value: T[K] | undefined, of: T) => unknown };

/** For members that are not shown at all. */
export const unseen = () => 0;

/** Whether two items are the same, but for how some of their members are read. A
 *  member that is not named counts by itself: one that is new is never missed. */
export function alike<T extends object>(reads: Reads<T>): (was: T, now: T) => boolean {
  const same = (key: keyof T, was: T, now: T) => {
    const read = reads[key];
    return !!read && read(was[key], was) === read(now[key], now);
  };
  return (was, now) => {
    if (was === now) return true;
    for (const key in was) if (was[key] !== now[key] && !same(key, was, now)) return false;
    for (const key in now) if (!(key in was) && !same(key, was, now)) return false;
    return true;
  };
}
