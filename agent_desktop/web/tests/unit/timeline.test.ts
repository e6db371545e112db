import { describe, expect, it } from "vitest";
import { visiblePage } from "../../src/store/history";
import { extend, mergeEntries, openItems, refresh } from "../../src/store/timeline";
import { entry } from "./sample";

const ids = (entries: { id: string }[]): string[] => entries.map(({ id }) => id);

describe("the history in pages", () => {
  it("given the same entry twice, then it is there once, in its newest form, newest first", () => {
    const merged = mergeEntries(
      [entry("a", 1), entry("b", 2)],
      [entry("a", 1, { title: "new" }), entry("c", 3)],
    );
    expect(ids(merged)).toEqual(["c", "b", "a"]);
    expect(merged[2]?.title).toBe("new");
  });

  it("given entries of one moment, then the greater id comes first, as the server has it", () => {
    expect(ids(mergeEntries([entry("x1", 5), entry("x3", 5)], [entry("x2", 5)]))).toEqual(["x3", "x2", "x1"]);
  });

  it("given an older page, then its cursor is the new end", () => {
    const page = extend({ entries: [entry("c", 3)], next: "p2" }, { entries: [entry("b", 2)], next: null });
    expect(ids(page.entries)).toEqual(["c", "b"]);
    expect(page.next).toBeNull();
  });

  it("given a fresh first page over many, then the end stays where it was", () => {
    const known = { entries: [entry("c", 3), entry("b", 2), entry("a", 1)], next: "p4" };
    const page = refresh(known, { entries: [entry("d", 4), entry("c", 3)], next: "p2" });
    expect(ids(page.entries)).toEqual(["d", "c", "b", "a"]);
    expect(page.next).toBe("p4");
  });

  it("given a note just made over the pushed page, then both show and the cursor is the pushed one", () => {
    const pushed = { entries: [entry("b", 2), entry("a", 1)], next: "p2" };
    const page = visiblePage(pushed, { entries: [entry("mine", 9)], next: null });
    expect(ids(page?.entries ?? [])).toEqual(["mine", "b", "a"]);
    expect(page?.next).toBe("p2");
  });

  it("given open and done entries, then only the open ones are pinned", () => {
    expect(
      ids(openItems([entry("a", 1, { status: "open" }), entry("b", 2, { status: "done" }), entry("c", 3)])),
    ).toEqual(["a"]);
  });
});
