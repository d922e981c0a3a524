// Choke points: the steps that block the most attack paths if they are cut, and what is left then.

import { h } from "../dom.js";
import { address } from "../address.js";
import { ask, isOffline } from "../source.js";
import { count, gapsBox, heading, notice, section, table } from "../parts.js";
import { cuts, notCovered, searchForm } from "./paths.js";

export async function chokePoints(given) {
  const asked = { from: given.getAll("from"), to: given.get("to") ?? "", without: given.getAll("without") };
  const top = [
    heading("Choke points", h("p", { class: "quiet" }, "Steps to cut, best first: how many sources lose their last attack path by each cut and those before it.")),
    searchForm("choke-points", asked),
    cuts("choke-points", asked),
  ];
  let scan, answer;
  try {
    [scan, answer] = await Promise.all([ask("scan"), ask("choke-points", { ...asked, number: 50 })]);
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
      ? section(`${count(able(rows), "source")} can get to ${to}; ${rows.at(-1).left.toLocaleString("en")} still can after ${count(rows.length, "cut")}`, cutTable(rows, asked))
      : notice(`No source with an attack path to ${to} was found in what was read.`),
    asked.without.length > 0 && h("p", null, h("a", { class: "button", href: address("paths", asked) }, "Attack paths that are left")),
  ];
}

function able(rows) {
  return rows[0].left + rows[0].sources;
}

function cutTable(rows, asked) {
  const whole = able(rows);
  return table(
    rows,
    [
      ["Step", (row) => h("span", { title: row.cut }, row.name)],
      ["By", (row) => [...new Set(row.steps.map((step) => step.title ?? step.type))].join("; ")],
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
