// A resource: what it is, what it refers to and is referred to by, its findings, and who gets to it.

import { h, show } from "../dom.js";
import { address } from "../address.js";
import { ask, isOffline } from "../source.js";
import { accountAndRegion, accountName, identity, matching, resourceWithLabel, shortened } from "../names.js";
import { busy, count, gapsBox, heading, labelled, notice, section, table, tag } from "../parts.js";
import { drawing } from "../drawing.js";
import { findingTable } from "./findings.js";

const DRAWN = 24;
const REACH = ["CAN_REACH"];

export async function resource(given) {
  const id = given.get("id") ?? "";
  const [answer, scan, findings] = await Promise.all([ask("resource", { id }), ask("scan"), ask("findings")]);
  const row = answer.resource;
  const about = findings.filter((one) => one.resource === id || one.target === id);
  const gets = answer.references.filter((one) => one.direction === "in" && scan.derived.includes(one.type));
  const rest = answer.references.filter((one) => !gets.includes(one));
  return [
    heading(row.name || shortened(row.id, 60), h("p", { class: "tags" }, tag(row.label, "plain"),
      h("span", { class: "quiet" }, [row.provider, row.account && accountName(row.account), row.region].filter(Boolean).join(" · ")))),
    h("p", null, identity(id)),
    row.missing && notice(h("strong", null, `${row.missing}: `), `what stands here ${scan.reasons[row.missing]}. Something refers to it; nothing else is known of it.`),
    isOffline ? null : h("p", { class: "tags" },
      h("a", { class: "button", href: address("paths", { to: id }) }, "Attack paths to it"),
      h("a", { class: "button", href: address("paths", { from: id }) }, "Attack paths from it")),
    section(`Findings (${about.length})`, about.length ? findingTable(about)
      : h("p", null, row.missing ? "It was not read, so that no check could judge it." : "No check is about it, or was run on it.")),
    section("Who can reach it", reached(gets.filter((one) => REACH.includes(one.type)), "Nothing that was read can reach it over the network.", row)),
    section("Who can act on it", reached(gets.filter((one) => !REACH.includes(one.type)), "No attack step that was read leads to it.", row),
      isOffline ? null : whoCan(id)),
    gapsBox(answer.gaps, "more may refer to it, reach it or act on it"),
    section("References", references(row, rest)),
    section("Properties", properties(answer)),
  ];
}

function reached(edges, none, row) {
  if (!edges.length) return h("p", { class: "quiet" }, row.missing ? `Not known: it is ${row.missing}.` : none);
  return table(
    edges,
    [
      ["From", (edge) => resourceWithLabel(edge.other.id)],
      ["Type", (edge) => tag(edge.type, edge.properties.conditions || edge.properties.unread ? "manual" : "plain")],
      ["What it rests on", (edge) => own(edge.properties)],
    ],
    { caption: "Edges to it", most: 20 },
  );
}

// An edge's own properties, folded where they are long.
function own(properties) {
  const entries = Object.entries(properties).filter(([name]) => name !== "via");
  const short = entries.filter(([, value]) => value === true || String(value).length < 90);
  const long = entries.filter((entry) => !short.includes(entry));
  return [
    short.map(([name, value]) => h("span", { class: "block small" }, h("span", { class: "quiet" }, `${name.replaceAll("_", " ")}: `), text(value))),
    long.length > 0 && h("details", { class: "small" }, h("summary", null, long.map(([name]) => name.replaceAll("_", " ")).join(", ")),
      long.map(([name, value]) => [h("h4", null, name.replaceAll("_", " ")), h("pre", null, text(value))])),
  ];
}

function whoCan(id) {
  const result = h("div", { role: "status" });
  const input = h("input", { type: "text", required: true, placeholder: "s3:GetObject", autocomplete: "off", spellcheck: "false" });
  const submit = async (event) => {
    event.preventDefault();
    try {
      const answer = await busy(event.submitter, () => ask("who-can", { action: input.value.trim(), resource: id }));
      show(result, decisions(answer));
    } catch (error) {
      show(result, notice(error.message));
    }
  };
  return [h("form", { class: "filters", onsubmit: submit }, labelled("Who is allowed an action on it?", input), h("button", { type: "submit" }, "Ask")), result];
}

function decisions(answer) {
  return [
    answer.answers.length
      ? table(answer.answers, [
          ["Decision", (one) => tag(one.decision, one.decision === "ALLOWED" ? "fail" : "manual")],
          ["Principal", (one) => resourceWithLabel(one.principal)],
          ["Why", (one) => one.explanation],
        ], { caption: "Who is allowed it", most: 20 })
      : h("p", null, "Nobody that was read is allowed it."),
    gapsBox(answer.gaps, "others may be allowed it too"),
  ];
}

function references(row, edges) {
  if (!edges.length) return h("p", { class: "quiet" }, "None were read.");
  const shown = edges.slice(0, DRAWN);
  const nodes = new Map([[row.id, { id: row.id, title: row.name || row.id, kind: row.label, tone: "chosen" }]]);
  for (const { other } of shown) {
    if (!nodes.has(other.id)) nodes.set(other.id, { id: other.id, title: other.name || shortened(other.id, 40),
      kind: other.missing ? `${other.label} · ${other.missing}` : other.label, tone: other.missing ? "gap" : "", href: address("resource", { id: other.id }) });
  }
  const lines = shown.map((edge) => ({ source: edge.direction === "out" ? row.id : edge.other.id, target: edge.direction === "out" ? edge.other.id : row.id, label: edge.type }));
  return [
    edges.length > DRAWN && notice(`The first ${DRAWN} of ${count(edges.length, "reference")} are drawn; the table has all.`),
    drawing("References", [...nodes.values()], lines),
    table(edges, [
      ["Direction", (edge) => (edge.direction === "out" ? "it refers to" : "refers to it")],
      ["Type", (edge) => h("code", null, edge.type)],
      ["Resource", (edge) => resourceWithLabel(edge.other.id)],
      ["Own properties", (edge) => own(edge.properties)],
    ], { caption: "All references", most: 30 }),
  ];
}

function properties({ properties: known, unread, resource: row }) {
  return [
    unread.length > 0 && h("div", { class: "notice" }, h("strong", null, `${count(unread.length, "property was", "properties were")} not read: `),
      unread.map((one) => (one.call ? `${one.property} (${one.call})` : one.property)).join(", "), "."),
    row.missing && notice("Nothing was read of it."),
    h("dl", null, Object.entries(known).map(([name, value]) => [h("dt", null, name), h("dd", null, value === "" || value?.length === 0 ? h("span", { class: "quiet" }, "not set") : shownValue(value))])),
  ];
}

function shownValue(value) {
  const shown = text(value);
  return shown.includes("\n") ? h("pre", null, shown) : h("span", null, shown);
}

// A value as text; documents, which are JSON, with their lines indented.
function text(value) {
  if (Array.isArray(value)) return value.join("\n");
  if (typeof value === "string" && /^[[{]/.test(value)) {
    try {
      return JSON.stringify(JSON.parse(value), null, 2);
    } catch {
      return value;
    }
  }
  return String(value);
}

// What the search of the bar found.
export async function found(given) {
  const wanted = given.get("text") ?? "";
  const rows = matching(wanted, 500);
  return [
    heading(`Resources called “${shortened(wanted, 40)}”`),
    rows.length
      ? table(rows, [
          ["Resource", (row) => resourceWithLabel(row.id)],
          ["Account", (row) => accountAndRegion(row.account, row.region)],
          ["Identity", (row) => h("code", { class: "small", title: row.id }, shortened(row.id, 60))],
        ], { caption: "Resources" })
      : notice("No resource that was read has this in its name or identity."),
  ];
}
