// Changes: what is new, gone or other than in an older scan, and why.

import { h } from "../dom.js";
import { address, go } from "../address.js";
import { ask, isOffline } from "../source.js";
import { nameOf, resourceLink, shortened } from "../names.js";
import { count, gapsBox, heading, labelled, notice, section, table, tag } from "../parts.js";
import { drawing } from "../drawing.js";

// What became of something, and whether that is bad, good, or not known.
const WORDS = {
  added: ["new", "fail"],
  removed: ["gone", "pass"],
  changed: ["changed", "plain"],
  unread: ["not read now", "manual"],
  newly_read: ["not read before", "manual"],
  failing: ["fails now", "fail"],
  worse: ["is worse", "fail"],
  resolved: ["resolved", "pass"],
  undecided: ["MANUAL now", "manual"],
  new_manual: ["new, MANUAL", "manual"],
  decided: ["passes now", "pass"],
};
const LONGEST = 300;
// How many paths are shown whole from the start.
const OPENED = 3;

export async function changes(given) {
  const names = await ask("scans");
  const old = given.get("old") ?? (isOffline ? names[0] : "");
  const top = [heading("Changes", h("p", { class: "quiet" }, "What is new, gone or other than in an older scan, and why. What one of the two did not read is neither new nor gone."))];
  if (!names.length) {
    return [...top, notice(isOffline ? "This file was made without an older scan: clew export SCAN -f html --old OLD."
      : "There is no other scan to compare with. Name one: clew serve SCAN --old OLD.")];
  }
  top.push(choice(names, old, given.get("to") ?? ""));
  if (!old) return top;
  let answer;
  try {
    answer = await ask("diff", { old, to: given.get("to") ?? "" });
  } catch (error) {
    return [...top, notice(error.message)];
  }
  return [...top, times(answer), ...parts(answer)];
}

function choice(names, old, to) {
  const select = h("select", null, names.map((name) => h("option", { value: name, selected: name === old }, shortened(name, 60))));
  const target = h("input", { type: "text", value: to, placeholder: "admin", spellcheck: "false", autocomplete: "off" });
  const submit = (event) => {
    event.preventDefault();
    go(address("changes", { old: select.value, to: target.value.trim() }));
  };
  return h("form", { class: "filters", onsubmit: submit }, labelled("The older scan", select),
    isOffline ? null : labelled("Attack paths to", target), h("button", { type: "submit", class: "main" }, "Compare"));
}

function times({ old, new: now }) {
  const [before, after] = [old, now].map(({ started }) => new Date(started).toISOString().replace("T", " ").slice(0, 16));
  const others = now.accounts.filter((one) => !old.accounts.includes(one)).length;
  const left = old.accounts.filter((one) => !now.accounts.includes(one)).length;
  return [
    h("p", { class: "quiet" }, `From ${before} to ${after} UTC.`, others ? ` ${count(others, "account")} only in the new scan.` : "", left ? ` ${count(left, "account")} only in the old scan.` : ""),
    before > after && notice("The scan that is shown began before the other one: read the changes the other way round."),
  ];
}

function parts(answer) {
  const found = [
    ["Attack paths", answer.paths, (rows) => rows.map(pathChange)],
    ["Findings", answer.findings, findingTable],
    ["Resources", answer.resources, resourceTable],
    ["Edges", answer.edges, edgeTable],
  ];
  return [
    h("p", { class: "tags" }, found.map(([title, rows]) => h("span", { class: "tag plain" }, `${title}: ${rows.length ? numbers(rows) : "none changed"}`))),
    answer.more && notice("Not all attack paths were compared: clew diff --max 0 compares more."),
    gapsBox(answer.gaps, "there may be further paths in the new scan"),
    found.every(([, rows]) => !rows.length) && notice("Nothing changed in what both scans read."),
    found.filter(([, rows]) => rows.length).map(([title, rows, shown]) => section(`${title}: ${numbers(rows)}`, folded(rows, shown))),
  ];
}

function numbers(rows) {
  return Object.keys(WORDS).map((change) => [WORDS[change][0], rows.filter((row) => row.change === change).length])
    .filter(([, number]) => number).map(([word, number]) => `${number.toLocaleString("en")} ${word}`).join(", ");
}

// Of very many changes the first, until the others are asked for.
function folded(rows, shown) {
  if (rows.length <= LONGEST) return shown(rows);
  return [shown(rows.slice(0, LONGEST)), notice(`The first ${LONGEST} of ${count(rows.length, "change")} are listed; clew diff has all.`)];
}

function word(change) {
  return tag(...WORDS[change]);
}

function pathChange({ change, path, hop, why, others }, place) {
  const names = path.hops.map((each) => nameOf(each.to));
  names.unshift(nameOf(path.source));
  const picture = h("div");
  const draw = () => !picture.firstChild && picture.append(drawn(path, hop, change));
  const isOpen = place < OPENED;
  if (isOpen) draw();
  return h("details", { class: "change", open: isOpen, ontoggle: draw },
    h("summary", null, word(change), " ", names.map((name) => shortened(name, 34)).join(" → "),
      h("span", { class: "small quiet" }, ` difficulty ${path.difficulty}${path.conditional ? ", conditional" : ""}`)),
    why.length > 0 && h("ul", null, why.map((one) => h("li", null, one))),
    change === "removed" && others !== null && h("p", { class: "quiet" }, others ? "Its source still has other paths." : "Its source has no other path in what was read."),
    picture);
}

// A path with the step that one of the scans does not have.
function drawn(path, hop, change) {
  const nodes = new Map();
  const add = (id, state) => {
    const key = state ? `${id} (${state})` : id;
    nodes.set(key, { id: key, title: nameOf(id), kind: state, tone: "", hover: key });
    return key;
  };
  const edges = path.hops.map((each, place) => ({
    source: add(each.from, each.from_state), target: add(each.to, each.to_state), label: each.title ?? each.type,
    tone: place === hop ? (change === "removed" ? "gone" : "new") : each.conditions.length ? "conditional" : "",
  }));
  return drawing("The path that changed", [...nodes.values()], edges);
}

function findingTable(rows) {
  return table(rows, [
    ["Change", (row) => word(row.change)],
    ["Was", (row) => row.old_status ?? "none"],
    ["Is", (row) => row.new_status ?? "none"],
    ["Severity", (row) => tag(row.finding.severity)],
    ["Finding", (row) => [row.new_status ? h("a", { href: address("finding", { id: row.finding.id }) }, row.finding.message) : row.finding.message, reasons(row.why.filter((one) => one !== row.finding.message))]],
    ["Resource", (row) => resourceLink(row.finding.resource)],
  ], { caption: "Findings that changed", most: 30 });
}

function resourceTable(rows) {
  return table(rows, [
    ["Change", (row) => word(row.change)],
    ["Resource", (row) => [resourceLink(row.id, row.name), h("span", { class: "small quiet block" }, [row.label, row.account, row.region].filter(Boolean).join(" · "))]],
    ["What", (row) => row.reason || fields(row.fields)],
  ], { caption: "Resources that changed", most: 30 });
}

function edgeTable(rows) {
  return table(rows, [
    ["Change", (row) => word(row.change)],
    ["From", (row) => resourceLink(row.source)],
    ["Type", (row) => h("code", { class: "small" }, row.type)],
    ["To", (row) => resourceLink(row.target)],
    ["What", (row) => row.reason || fields(row.fields)],
  ], { caption: "Edges that changed", most: 30 });
}

function fields(all) {
  return all.map(({ name, change, old, new: now, parts: within }) => h("div", { class: "field" }, h("strong", { class: "small" }, name.replaceAll("_", " ")), change === "changed" ? null : [" ", word(change)],
    (within.length ? within : [{ path: "", old, new: now }]).map((part) => h("div", { class: "small" }, part.path && h("code", null, `${part.path} `), value(part.old, "was"), value(part.new, "is")))));
}

function value(one, which) {
  const text = one === null ? "nothing" : typeof one === "string" ? one : JSON.stringify(one);
  return h("span", { class: `${which} block` }, h("span", { class: "unseen" }, which === "was" ? "was " : "is "), h("span", { "aria-hidden": "true" }, which === "was" ? "− " : "+ "), shortened(text, 300));
}

function reasons(why) {
  return why.length > 0 && h("ul", { class: "small quiet" }, why.map((one) => h("li", null, one)));
}
