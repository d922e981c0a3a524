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
const MOST_NODES = 150;

export async function map(given) {
  const [scan, whole, calls] = await Promise.all([ask("scan"), ask("map"), ask("coverage")]);
  const groups = placed(whole.groups, scan, calls);
  const open = given.getAll("open").map((key) => JSON.parse(key)).filter(Array.isArray);
  const isOpen = (key) => open.some((one) => String(one) === String(key));
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
    opened(open),
    visible.size > MOST_NODES && notice(`The ${MOST_NODES} largest of ${count(visible.size, "group")} are drawn.`),
    drawing("Map of all resources", [...visible.values()].filter(({ key }) => drawn.has(JSON.stringify(key))).map((sum) => nodeOf(sum, open)), edgesOf(whole.edges, at)),
    listed && await resources(listed, groups),
    outline(largest, open),
  ];
}

// The groups with where they belong; places of which nothing could be read are groups too.
function placed(groups, scan, calls) {
  const found = groups.map((group) => ({ ...group, failed: 0, place: placeOf(group, scan) }));
  for (const call of calls.filter((one) => one.status !== "ok")) {
    const row = { provider: call.provider, account: call.account, region: call.region, service: call.service, label: "not read", resources: 0, missing: 0, failed: 1 };
    found.push({ ...row, place: placeOf(row, scan) });
  }
  return found;
}

function placeOf(group, scan) {
  const cloud = scan.accounts[group.provider] ? group.provider : NO_CLOUD;
  const isScanned = (scan.accounts[group.provider] ?? []).includes(group.account);
  const account = isScanned ? group.account : cloud === NO_CLOUD ? "internet and unknown" : OUTSIDE;
  return [cloud, account, group.region || "no region", group.service || "none", group.label];
}

function visibleAt({ place }, isOpen) {
  let key = [place[0]];
  // The clouds are taken apart from the start.
  while (key.length < LEVELS.length && (key.length === 1 || isOpen(key))) key = place.slice(0, key.length + 1);
  return key;
}

function nodeOf({ key, resources, missing, failed }, open) {
  const level = key.length - 1;
  const notes = [count(resources, "resource"), missing && `${missing} missing`, failed && count(failed, "failed call")].filter(Boolean);
  const isLeaf = key.length === LEVELS.length;
  const target = isLeaf ? address("map", { open: open.map(text), list: text(key) }) : address("map", { open: [...open, key].map(text) });
  return { id: text(key), title: level === 1 ? `${key[0]}: ${key[1]}` : key[level], kind: [...key.slice(1, -1).slice(-2), notes.join(", ")].join(" · "), hover: `${key.join(" › ")}\n${notes.join(", ")}`,
    tone: failed || key.includes(OUTSIDE) || key.at(-1) === "not read" ? "gap" : "", onclick: () => go(target) };
}

function edgesOf(edges, at) {
  const sums = new Map();
  for (const { source, target, edges: number } of edges) {
    const ends = [text(at[source]), text(at[target])];
    if (ends[0] === ends[1]) continue;
    const known = sums.get(text(ends)) ?? { source: ends[0], target: ends[1], number: 0 };
    known.number += number;
    sums.set(text(ends), known);
  }
  return [...sums.values()].map(({ source, target, number }) => ({ source, target, label: number.toLocaleString("en"), hover: count(number, "reference") }));
}

function opened(open) {
  if (!open.length) return null;
  return h("p", { class: "tags" }, "Taken apart: ", open.map((key) => h("span", { class: "tag plain" }, key.slice(1).join(" › "), " ",
    h("a", { href: address("map", { open: open.filter((one) => !isWithin(one, key)).map(text) }), "aria-label": `Put ${key.join(", ")} together` }, "×"))),
    h("a", { class: "button", href: address("map") }, "Put all together"));
}

function isWithin(key, other) {
  return other.every((part, place) => key[place] === part);
}

// The same in words, for who cannot use the picture.
function outline(sums, open) {
  return section("Groups", table(sums, [
    ["Group", ({ key }) => h("a", { href: key.length < LEVELS.length ? address("map", { open: [...open, key].map(text) }) : address("map", { open: open.map(text), list: text(key) }) }, key.join(" › "))],
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
