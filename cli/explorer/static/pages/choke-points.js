// Choke points: the steps that block the most attack paths if they are cut, and what is left then.

import { h } from "../dom.js";
import { address } from "../address.js";
import { ask, isOffline } from "../source.js";
import { count, gapsBox, heading, notice, section, table } from "../parts.js";
import { resourceWithLabel } from "../names.js";
import { cuts, notCovered, searchForm } from "./paths.js";

const CUT = { statement: "Statement", policy: "Policy" };
const UNITS = { "": "steps", statement: "statements", policy: "policies" };
const MOST_STEPS = 50;
// Each is tried on the policies, which takes a while.
const MOST_POLICIES = 5;

export async function chokePoints(given) {
  const asked = { from: given.getAll("from"), to: given.get("to") ?? "", without: given.getAll("without"), by: given.get("by") ?? "" };
  const top = [
    heading("Choke points", h("p", { class: "quiet" }, "What to cut, best first: how many sources lose their last attack path by each cut and those before it.")),
    searchForm("choke-points", asked),
    units(asked),
    cuts("choke-points", asked),
  ];
  let scan, answer;
  try {
    [scan, answer] = await Promise.all([ask("scan"), ask("choke-points", { ...asked, number: asked.by ? MOST_POLICIES : MOST_STEPS })]);
  } catch (error) {
    return [...top, notice(error.message)];
  }
  const rows = answer.choke_points;
  const to = asked.to || "admin";
  return [
    ...top,
    notCovered(scan, answer),
    gapsBox(answer.gaps, "there may be further paths"),
    rows.length
      ? section(`${count(able(rows), "source")} can get to ${to}; ${rows.at(-1).left.toLocaleString("en")} still can after ${count(rows.length, "cut")}`,
          asked.by && h("p", { class: "quiet small" }, "Only where cutting a single one helps: paths that do not hang on policies, or on several at once, are left."), cutTable(rows, asked))
      : notice(asked.by ? `No ${asked.by} was found whose cut takes a source its last attack path to ${to}.` : `No source with an attack path to ${to} was found in what was read.`),
    asked.without.length > 0 && h("p", null, h("a", { class: "button", href: address("paths", { ...asked, by: "" }) }, "Attack paths that are left")),
  ];
}

// What is to be cut: steps, statements or policies.
function units(asked) {
  return h("p", { class: "tags", role: "group", "aria-label": "What is cut" }, "Cut: ", Object.entries(UNITS).map(([by, title]) =>
    h("a", { class: "button", href: address("choke-points", { ...asked, by }), "aria-current": by === asked.by ? "true" : null }, title)));
}

function able(rows) {
  return rows[0].left + rows[0].sources;
}

function cutTable(rows, asked) {
  const whole = able(rows);
  return table(
    rows,
    [
      [CUT[asked.by] ?? "Step", (row) => h("span", { title: row.cut }, row.name)],
      asked.by ? ["Of", (row) => resourceWithLabel(row.statements[0].policy)]
        : ["By", (row) => [...new Set(row.steps.map((step) => step.title ?? step.type))].join("; ")],
      ["Sources cut off", (row) => row.sources.toLocaleString("en")],
      ["So far", (row) => h("span", { class: "share" },
        h("progress", { max: "1", value: row.share, "aria-label": `${Math.round(row.share * 100)} % of ${whole} sources` }),
        ` ${Math.round(row.share * 100)} %`)],
      ["Left", (row) => row.left.toLocaleString("en")],
      ["What if", (row) => isOffline ? h("span", { class: "quiet" }, "needs clew serve")
        : h("a", { class: "button", href: address("choke-points", { ...asked, without: [...asked.without, row.cut] }) }, "Cut it")],
    ],
    { caption: "Choke points" },
  );
}
