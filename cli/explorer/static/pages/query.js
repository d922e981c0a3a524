// Cypher: the saved queries as forms, or one's own; rows as a table or a graph.

import { h, show } from "../dom.js";
import { address } from "../address.js";
import { ask, isOffline, run } from "../source.js";
import { nameOf, resourceLink, shortened } from "../names.js";
import { busy, count, gapsBox, heading, labelled, nameInput, notice, section, table } from "../parts.js";
import { drawing } from "../drawing.js";

const MOST_NODES = 60;
const EXAMPLE = "MATCH (user:AWSUser)-[:MEMBER_OF]->(group:AWSGroup)\nRETURN user, group";

export async function query(given) {
  if (isOffline) {
    return [heading("Query"), notice("Queries need the server: open the scan with `clew serve`.")];
  }
  const saved = await ask("queries");
  const chosen = saved.find((one) => one.id === given.get("name"));
  if (given.has("name") && !chosen) throw new Error(`There is no saved query '${given.get("name")}'.`);
  const result = h("div", { class: "stack" });
  const form = chosen ? savedForm(chosen, given, result) : cypherForm(given, result);
  return [
    heading("Query", h("p", { class: "quiet" }, "Queries only read; time, memory and rows are limited.")),
    h("div", { class: "sides" }, section("Saved queries", savedList(saved, chosen)), h("div", { class: "stack" }, form, result)),
  ];
}

function savedList(saved, chosen) {
  const items = h("div", { class: "paths" });
  const fill = (text) => {
    const found = saved.filter((one) => [one.id, one.title, one.theme, one.description].some((word) => word.toLowerCase().includes(text.toLowerCase())));
    const themes = Map.groupBy(found, (one) => one.theme);
    show(items, [...themes].sort().map(([theme, queries]) => [
      h("h3", null, theme),
      h("ul", { class: "plain" }, queries.map((one) => h("li", null,
        h("a", { href: address("query", { name: one.id }), title: one.description, class: "path", "aria-current": one === chosen ? "true" : null }, one.title)))),
    ]), !found.length && h("p", { class: "quiet" }, "No saved query has these words."));
  };
  fill("");
  return [
    h("p", null, h("a", { class: "button", href: address("query") }, "Write Cypher")),
    labelled("Search", h("input", { type: "search", oninput: (event) => fill(event.target.value) })),
    items,
  ];
}

function savedForm(one, given, result) {
  const inputs = Object.entries(one.parameters).map(([name, parameter]) => {
    const value = given.get(`p.${name}`) ?? String(parameter.default ?? "");
    return [name, parameter, fieldOf(name, parameter, value)];
  });
  const values = () => Object.fromEntries(inputs.map(([name, , [input]]) => [name, input.value]).filter(([name, value]) => value !== "" || one.parameters[name].default === ""));
  const submit = async (event) => {
    event?.preventDefault();
    const parameters = values();
    const kept = Object.fromEntries(Object.entries(parameters).map(([name, value]) => [`p.${name}`, value]));
    history.replaceState(null, "", address("query", { name: one.id, ...kept }));
    await answer(result, button, { name: one.id, parameters });
  };
  const button = h("button", { type: "submit", class: "main" }, "Run");
  const cypher = h("a", { class: "button", href: address("query", { cypher: one.cypher }) }, "Change the Cypher");
  if (!inputs.length || [...given.keys()].some((name) => name.startsWith("p."))) queueMicrotask(submit);
  return section(one.title, h("p", null, one.description),
    h("form", { class: "filters", onsubmit: submit }, inputs.map(([name, parameter, field]) => labelled(name.replaceAll("_", " "), ...field, h("span", { class: "small quiet hint" }, parameter.description))), button, cypher),
    h("details", null, h("summary", null, "Cypher"), h("pre", null, one.cypher)));
}

// What a parameter is given by: an input, and perhaps a list of suggestions.
function fieldOf(name, parameter, value) {
  const common = { id: `p-${name}`, value, placeholder: parameter.example ?? "", required: parameter.default === null };
  if (parameter.type === "resource") return nameInput(common);
  if (parameter.type === "boolean") {
    return [h("select", { id: common.id }, ["true", "false"].map((one) => h("option", { value: one, selected: one === value.toLowerCase() }, one)))];
  }
  if (parameter.type === "integer") return [h("input", { ...common, type: "number", min: parameter.minimum, max: parameter.maximum })];
  return [h("input", { ...common, type: "text", spellcheck: "false", autocomplete: "off" })];
}

function cypherForm(given, result) {
  const text = h("textarea", { rows: "8", spellcheck: "false", "aria-label": "Cypher", class: "code" });
  text.value = given.get("cypher") ?? EXAMPLE;
  const button = h("button", { type: "submit", class: "main" }, "Run");
  const submit = async (event) => {
    event?.preventDefault();
    history.replaceState(null, "", address("query", { cypher: text.value }));
    await answer(result, button, { cypher: text.value, parameters: {} });
  };
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit(event);
  });
  return section("Cypher", h("form", { class: "stack", onsubmit: submit }, text, h("p", { class: "tags" }, button, h("span", { class: "small quiet" }, "Ctrl+Enter runs it."))));
}

async function answer(result, button, asked) {
  try {
    show(result, rowsOf(await busy(button, () => run(asked))));
  } catch (error) {
    show(result, notice(error.message));
  }
}

function rowsOf(found) {
  const ids = [...new Set(found.rows.flatMap((row) => Object.values(row).flatMap(idsIn)))];
  const graph = h("div");
  const rows = found.rows.length
    ? table(found.rows, found.columns.map((name) => [name, (row) => cell(row[name])]), { caption: "Rows" })
    : h("p", null, "No rows.");
  const body = h("div", null, rows);
  const toggle = h("button", { type: "button", onclick: async () => {
    if (body.firstChild === graph) {
      show(body, rows);
      toggle.textContent = "Show as a graph";
    } else {
      if (!graph.firstChild) show(graph, await busy(toggle, () => graphOf(ids)));
      show(body, graph);
      toggle.textContent = "Show as a table";
    }
  } }, "Show as a graph");
  return section(found.more ? `The first ${count(found.rows.length, "row")}; there are more` : count(found.rows.length, "row"),
    gapsBox(found.gaps, "there may be further rows"), ids.length > 0 && h("p", null, toggle), body);
}

function idsIn(value) {
  if (Array.isArray(value)) return value.flatMap(idsIn);
  if (value === null || typeof value !== "object") return [];
  if (value.nodes && value.relationships) return value.nodes.flatMap(idsIn);
  return value.label && value.id ? [value.id] : [];
}

function cell(value) {
  if (value === null) return h("span", { class: "quiet" }, "not known");
  if (Array.isArray(value)) return value.map((one) => h("span", { class: "block" }, cell(one)));
  if (typeof value !== "object") return typeof value === "string" ? known(value) : String(value);
  if (value.nodes && value.relationships) {
    return value.nodes.map((node, place) => [place ? h("span", { class: "quiet small" }, ` –${value.relationships[place - 1].type}– `) : null, cell(node)]);
  }
  if (value.label && value.id) return [resourceLink(value.id, value.name || null), h("span", { class: "quiet small" }, ` ${value.label}`)];
  return h("code", { class: "small" }, shortened(JSON.stringify(value), 200));
}

function known(text) {
  return nameOf(text) !== text && text.length > 20 ? resourceLink(text) : h("span", { title: text }, shortened(text, 120));
}

// The resources of an answer with the edges among them.
async function graphOf(ids) {
  const shown = ids.slice(0, MOST_NODES);
  const answers = await Promise.all(shown.map((id) => ask("resource", { id })));
  const nodes = answers.map(({ resource: row }) => ({ id: row.id, title: row.name || shortened(row.id, 40),
    kind: row.missing ? `${row.label} · ${row.missing}` : row.label, tone: row.missing ? "gap" : "", href: address("resource", { id: row.id }) }));
  const edges = answers.flatMap(({ resource: row, references }) => references
    .filter((edge) => edge.direction === "out" && shown.includes(edge.other.id))
    .map((edge) => ({ source: row.id, target: edge.other.id, label: edge.type })));
  return [ids.length > MOST_NODES && notice(`The first ${MOST_NODES} of ${count(ids.length, "resource")} are drawn; the table has all.`), drawing("Rows as a graph", nodes, edges)];
}

