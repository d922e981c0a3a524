// The map: all resources, drawn together by cloud, account, region, service and label, and taken
// apart by a click.

import { h } from "../dom.js";
import { address, go } from "../address.js";
import { ask } from "../source.js";
import { readNames, resourceWithLabel } from "../names.js";
import { count, heading, notice, section, table } from "../parts.js";
import { drawing } from "../drawing.js";

const LEVELS = ["provider", "account", "region", "service", "label"];
const OUTSIDE = "outside this scan";
const NO_CLOUD = "any cloud";
const MOST_NODES = 60;

export async function map(given) {
  const whole = await ask("map");
  const groups = placed(whole);
  const open = given.getAll("open").map((key) => JSON.parse(key)).filter(Array.isArray);
  const asked = new Set(open.map(text));
  const accounts = new Set(groups.map(({ place }) => text(place.slice(0, 2))));
  // The clouds are taken apart from the start, unless that is too much to see.
  const isOpen = (key) => asked.has(text(key)) || (key.length === 1 && accounts.size <= MOST_NODES);
  const visible = new Map();
  const at = groups.map((group) => visibleAt(group, isOpen));
  at.forEach((key, place) => {
    const text = JSON.stringify(key);
    if (!visible.has(text)) visible.set(text, { key, resources: 0, missing: 0, failed: 0 });
    const sum = visible.get(text);
    for (const what of ["resources", "missing", "failed"]) sum[what] += groups[place][what];
  });
  const largest = [...visible.values()].sort((one, other) => other.resources - one.resources);
  const drawn = new Set(largest.slice(0, MOST_NODES).map(({ key }) => JSON.stringify(key)));
  const listed = given.get("list") ? JSON.parse(given.get("list")) : null;
  return [
    heading("Map", h("p", { class: "quiet" }, "Choose a group to take it apart: cloud, account, region, service, label. Numbers on lines count references.")),
    opened(open, whole.account_names),
    visible.size > MOST_NODES && notice(`The ${MOST_NODES} largest of ${count(visible.size, "group")} are drawn; the table below has all.`),
    drawing("Map of all resources", [...visible.values()].filter(({ key }) => drawn.has(JSON.stringify(key))).map((sum) => nodeOf(sum, open, whole.account_names)), edgesOf(whole.edges, at)),
    listed && await resources(listed, groups),
    outline(largest, open, whole.account_names),
  ];
}

// The groups with where they belong; places of which nothing could be read are groups too.
function placed({ groups, failed, accounts }) {
  const unread = failed.map(({ calls, ...place }) => ({ ...place, label: "not read", resources: 0, missing: 0, failed: calls }));
  return [...groups.map((group) => ({ ...group, failed: 0 })), ...unread].map((group) => ({ ...group, place: placeOf(group, accounts) }));
}

function placeOf(group, accounts) {
  const cloud = accounts[group.provider] ? group.provider : NO_CLOUD;
  const isScanned = (accounts[group.provider] ?? []).includes(group.account);
  const account = isScanned ? group.account : cloud === NO_CLOUD ? "internet and unknown" : OUTSIDE;
  return [cloud, account, group.region || "no region", group.service || "none", group.label];
}

function visibleAt({ place }, isOpen) {
  let depth = 1;
  while (depth < LEVELS.length && isOpen(place.slice(0, depth))) depth += 1;
  return place.slice(0, depth);
}

function nodeOf({ key, resources, missing, failed }, open, names) {
  const said = called(key, names);
  const notes = [count(resources, "resource"), missing && `${missing} missing`, failed && count(failed, "failed call")].filter(Boolean);
  const within = key.length <= 2 ? said.slice(0, -1) : said.slice(1, -1).slice(-2);
  return {
    id: text(key), title: said.at(-1), kind: [...within, notes.join(", ")].join(" · "), hover: `${key.join(" › ")}\n${notes.join(", ")}`,
    tone: failed || key.includes(OUTSIDE) || key.at(-1) === "not read" ? "gap" : "", onclick: () => go(target(key, open)),
  };
}

// Where a click on a group leads: to its parts, or to its resources.
function target(key, open) {
  if (key.length < LEVELS.length) return address("map", { open: [...open, key].map(text) });
  return address("map", { open: open.map(text), list: text(key) });
}

// A key with the account's name, where it has one.
function called(key, names) {
  return key.map((part, level) => (level === 1 && Object.hasOwn(names, part) ? names[part] : part));
}

function edgesOf(edges, at) {
  const keys = at.map(text);
  const sums = new Map();
  for (const { source, target, edges: number } of edges) {
    const ends = [keys[source], keys[target]];
    if (ends[0] === ends[1]) continue;
    const back = sums.get(text([ends[1], ends[0]]));
    const known = back ?? sums.get(text(ends)) ?? { source: ends[0], target: ends[1], there: 0, back: 0 };
    if (back) back.back += number;
    else known.there += number;
    if (!back) sums.set(text(ends), known);
  }
  return [...sums.values()].map(({ source, target, there, back }) => ({
    source, target, isBothWays: back > 0,
    label: [there, back].filter(Boolean).map((number) => number.toLocaleString("en")).join(" ⇄ "),
    hover: [count(there, "reference"), back && `${count(back, "reference")} back`].filter(Boolean).join(", "),
  }));
}

function opened(open, names) {
  if (!open.length) return null;
  return h("p", { class: "tags" }, "Taken apart: ", open.map((key) => h("span", { class: "tag plain" }, called(key, names).slice(key.length > 1 ? 1 : 0).join(" › "), " ",
    h("a", { href: address("map", { open: open.filter((one) => !isWithin(one, key)).map(text) }), "aria-label": `Put ${key.join(", ")} together` }, "×"))),
    h("a", { class: "button", href: address("map") }, "Put all together"));
}

function isWithin(key, other) {
  return other.every((part, place) => key[place] === part);
}

// The same in words, for who cannot use the picture.
function outline(sums, open, names) {
  return section("Groups", table(sums, [
    ["Group", ({ key }) => h("a", { href: target(key, open), title: key.join(" › ") }, called(key, names).join(" › "))],
    ["Resources", ({ resources }) => resources.toLocaleString("en")],
    ["Missing", ({ missing }) => missing.toLocaleString("en")],
    ["Failed calls", ({ failed }) => failed.toLocaleString("en")],
  ], { caption: "Groups", most: 30 }));
}

async function resources(key, groups) {
  const rows = [...(await readNames()).values()];
  const members = groups.filter(({ place }) => text(place) === text(key));
  const found = rows.filter((row) => members.some((group) => LEVELS.every((level) => group[level] === row[level])));
  return section(key.join(" › "), found.length ? table(found, [["Resource", (row) => resourceWithLabel(row.id)]], { caption: "Resources", most: 50 })
    : notice("What is here could not be read."));
}

function text(key) {
  return JSON.stringify(key);
}
