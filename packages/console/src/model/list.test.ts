import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { counted, countText, rateText, shortCount, sumOf } from "./numbers.ts";
import { withFirst, withNext } from "./pages.ts";
import { allOf, NOTHING, ranged, toggled } from "./selection.ts";
import { hourBars, sparkline } from "./sparkline.ts";
import { askedFilter, isWhole, parseView } from "./view-query.ts";
import { BUILT_IN, isViews, normalQuery, viewOf, withView } from "./views.ts";
import { rowWindow, scrolledTo } from "./window.ts";

const exact = (n: number) => ({ n, isExact: true });

test("counts say whether there are more", () => {
  assert.equal(countText(exact(3841)), "3,841");
  assert.equal(countText({ n: 10_000, isExact: false }), "10,000+");
  assert.deepEqual(
    [812, 3_858, 128_402, 999_600, 1_400_000].map((n) => shortCount(exact(n))),
    ["812", "3.9k", "128k", "1.0M", "1.4M"],
  );
  assert.deepEqual([0, 0.04, 9.84, 92.4, 612.3].map(rateText), ["0", "0.04", "9.8", "92.4", "612"]);
  assert.deepEqual(sumOf([exact(2), { n: 3, isExact: false }]), { n: 5, isExact: false });
  assert.equal(`${counted(1, "instance")}, ${counted(3, "instance")}`, "1 instance, 3 instances");
});

test("the rows that exist are those that are seen, and a few around them", () => {
  assert.deepEqual(rowWindow(100_000, 38, 0, 600), { first: 0, end: 22, top: 0 });
  assert.deepEqual(rowWindow(0, 38, 0, 600), { first: 0, end: 0, top: 0 });
  fc.assert(
    fc.property(fc.nat(100_000), fc.nat(4_000_000), fc.integer({ min: 38, max: 2_000 }), (count, asked, seen) => {
      const scrolled = Math.min(asked, Math.max(0, count * 38 - seen));
      const { first, end, top } = rowWindow(count, 38, scrolled, seen);
      assert.ok(end - first <= Math.ceil(seen / 38) + 13 && top === first * 38);
      // No part of what is seen is empty while there are rows for it.
      assert.ok(top <= scrolled && (end === count || end * 38 >= scrolled + seen));
    }),
  );
});

test("a row that is not seen whole is scrolled to, by the shorter way", () => {
  assert.equal(scrolledTo(2, 38, 100, 400), 76);
  assert.equal(scrolledTo(5, 38, 100, 400), 100);
  assert.equal(scrolledTo(20, 38, 100, 400), 398);
});

test("a range goes from where it began, in either direction", () => {
  const order = ["a", "b", "c", "d"];
  const one = toggled(NOTHING, "c");
  assert.deepEqual([...ranged(one, "a", order).ids].sort(), ["a", "b", "c"]);
  assert.deepEqual([...ranged(ranged(one, "a", order), "d", order).ids].sort(), order);
  assert.deepEqual([...toggled(one, "c").ids], []);
  assert.deepEqual([...ranged(NOTHING, "b", order).ids], ["b"]);
  assert.deepEqual([...allOf(order).ids], order);
});

test("the address of a list says what to ask for, with spans up to now", () => {
  const view = parseView(
    new URLSearchParams("open=1&status=Failed,nonsense,Pending&name=A&tag=eu,big:1&started=24h&id=order-&order=oldest"),
  );
  assert.deepEqual(askedFilter(view, 86_400_005), {
    open: true,
    status: ["Pending", "Failed"],
    name: "A",
    idPrefix: "order-",
    tag: ["eu", "big:1"],
    createdFrom: 5,
  });
  assert.equal(view.order, "oldest");
  assert.equal(isWhole(parseView(new URLSearchParams("order=ended&name="))), true);
  assert.equal(askedFilter(parseView(new URLSearchParams("waits=event")), 0).open, true);
});

test("a view is known by what it shows, whatever the order of its parts", () => {
  const failed = new URLSearchParams("ended=24h&order=ended&status=Failed&name=");
  assert.equal(viewOf(failed, BUILT_IN)?.name, "Failed today");
  assert.equal(viewOf(new URLSearchParams("name=A"), BUILT_IN), null);
  const own = withView(withView([], " Mine ", new URLSearchParams("b=1&a=2")), "Mine", new URLSearchParams("a=3"));
  assert.deepEqual(own, [{ name: "Mine", query: "a=3" }]);
  assert.equal(normalQuery(new URLSearchParams("b=1&a=")), "b=1");
  assert.deepEqual([isViews(own), isViews([{ name: 1 }]), isViews(null)], [true, false, false]);
});

test("small charts fill their height, and nothing is drawn of too little", () => {
  assert.equal(sparkline([1], 90, 26), null);
  assert.deepEqual(sparkline([0, 10], 90, 26), { line: "M0,23L90,3", area: "M0,23L90,3L90,26L0,26Z" });
  assert.equal(sparkline([0, 0], 90, 26)?.line, "M0,23L90,23");
  assert.deepEqual(
    hourBars([0, 2, 4], 30, 26).map(({ height, isEmpty }) => [height, isEmpty]),
    [
      [1, true],
      [12.5, false],
      [25, false],
    ],
  );
});

test("a first page that is read again leaves those behind it, and each row is there once", () => {
  const pages = (ids: string, cursor: string | null) => ({ rows: [...ids].map((id) => ({ id })), cursor });
  const first = withFirst(pages("", null), pages("abc", "c"));
  assert.deepEqual(first, pages("abc", "c"));
  const both = withNext(first, pages("cde", "e"));
  assert.deepEqual(both, pages("abcde", "e"));
  assert.deepEqual(withFirst(both, pages("nab", "b")), pages("nabcde", "e"));
  assert.deepEqual(withFirst(pages("abc", "c"), pages("ab", null)), pages("abc", "c"));
  assert.deepEqual(withFirst(pages("abc", "c"), pages("xyz", null)), pages("xyz", null));
});
