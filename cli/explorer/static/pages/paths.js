// Attack paths: found from a source to a target, drawn from left to right, explained hop by hop.

import { h } from "../dom.js";
import { address, go } from "../address.js";
import { ask, isOffline } from "../source.js";
import { nameOf, resourceLink, resourceOf, resourceWithLabel, shortened } from "../names.js";
import { DIFFICULTIES, count, gapsBox, heading, labelled, nameInput, notice, section, tag } from "../parts.js";
import { drawing } from "../drawing.js";

const MOST_NODES = 300;
const LISTED = 60;

export async function paths(given) {
  const asked = { from: given.getAll("from"), to: given.get("to") ?? "", without: given.getAll("without") };
  const top = [heading("Attack paths"), searchForm("paths", asked), cuts("paths", asked)];
  let scan, answer, techniques;
  try {
    [scan, answer, techniques] = await Promise.all([ask("scan"), ask("paths", asked), ask("techniques")]);
  } catch (error) {
    return [...top, notice(error.message)];
  }
  const place = given.get("path");
  const chosen = place === null ? undefined : answer.paths[Number(place)];
  return [
    ...top,
    h("p", { role: "status" }, summary(answer, asked)),
    notCovered(scan, answer),
    gapsBox(answer.gaps, "there may be further paths"),
    answer.paths.length > 0 && h(
      "div",
      { class: "sides" },
      section(answer.more ? "Paths, easiest first (there are more)" : "Paths, easiest first", list(answer.paths, asked, place)),
      h("div", { class: "stack" }, chosen ? onePath(chosen, asked, techniques, scan) : together(answer.paths)),
    ),
  ];
}

// A form for where paths start and end, for several pages.
export function searchForm(route, asked) {
  const from = nameInput({ id: "from", value: asked.from.join(" "), placeholder: "anyone" }, ["internet", "outside", "any"]);
  const to = nameInput({ id: "to", value: asked.to, placeholder: "admin" }, ["admin", "data"]);
  const submit = (event) => {
    event.preventDefault();
    go(address(route, { from: from[0].value.trim(), to: to[0].value.trim(), without: asked.without }));
  };
  return h("form", { class: "filters", onsubmit: submit }, labelled("From", ...from), labelled("To", ...to),
    h("button", { type: "submit", class: "main" }, "Find"));
}

// What is supposed to be cut, each with a button that puts it back.
export function cuts(route, asked) {
  if (!asked.without.length) return null;
  return h("div", { class: "notice" }, h("strong", null, "What if these were cut: "),
    asked.without.map((cut) => h("span", { class: "tag plain", title: cut }, cutName(cut), " ",
      h("a", { href: address(route, { ...asked, without: asked.without.filter((one) => one !== cut) }), "aria-label": `Put back ${cutName(cut)}` }, "×"))));
}

export function cutName(cut) {
  const [step, technique] = cut.split("#");
  if (!step.includes("->")) return nameOf(step) + (technique ? ` (${/^\d+$/.test(technique) ? "statement " : ""}${technique})` : "");
  return step.split("->").map((id) => shortened(nameOf(id), 30)).join(" → ") + (technique ? ` (${technique})` : "");
}

function summary({ paths: found, more }, asked) {
  const [from, to] = [asked.from.join(" or ") || "any principal or from outside", asked.to || "admin"];
  if (!found.length) return `No attack path from ${from} to ${to} was found in what was read.`;
  const conditional = found.filter((path) => path.conditional).length;
  const sources = new Set(found.map((path) => path.source)).size;
  return `${more ? "The best " : ""}${count(found.length, "path")} from ${count(sources, "source")} to ${to}; ` +
    (conditional ? `${conditional.toLocaleString("en")} of them only if conditions hold, or what was not read is so.` : "none of them hangs on conditions.");
}

// Which clouds of a scan an answer says nothing about.
export function notCovered(scan, answer) {
  const others = Object.keys(scan.accounts).filter((cloud) => scan.accounts[cloud].length && !answer.covers.includes(cloud));
  return others.length ? notice(`Attack paths cover ${answer.covers.join(", ")}. Not covered: ${others.join(", ")}.`) : null;
}

// A path in one line, as a link to it.
export function pathLine(path, place, asked = {}, isChosen = false) {
  const names = path.hops.map((hop) => called(hop.to, hop.to_state));
  names.unshift(called(path.source, path.hops[0]?.from_state));
  return h("li", null, h("a", { href: address("paths", { ...asked, path: place }), class: "path", "aria-current": isChosen ? "true" : null,
    title: [path.source, ...path.hops.map((hop) => hop.to)].join("\n") },
    h("span", { class: "names" }, names.map((name, number) => [number ? h("span", { class: "quiet" }, " → ") : null, name])),
    h("span", { class: "small quiet block" }, `${count(path.hops.length, "step")}, difficulty ${path.difficulty}`, path.conditional ? ", conditional" : "")));
}

function called(id, state) {
  return shortened(nameOf(id), 34) + (state ? ` (${state})` : "");
}

function list(found, asked, chosen) {
  const shown = found.slice(0, Math.max(LISTED, Number(chosen ?? 0) + 1));
  const items = h("ol", { class: "plain paths" }, shown.map((path, place) => pathLine(path, place, asked, chosen === String(place))));
  const more = h("button", { type: "button", class: "more", onclick: () => {
    items.append(...found.slice(shown.length).map((path, number) => pathLine(path, shown.length + number, asked)));
    more.remove();
  } }, `Show ${count(found.length - shown.length, "more path")}`);
  requestAnimationFrame(() => {
    const current = items.querySelector("[aria-current]");
    if (current) items.scrollTop = current.offsetTop - items.offsetTop - items.clientHeight / 3;
  });
  return [items, found.length > shown.length && more];
}

// All paths in one picture, as far as it can be read.
function together(found) {
  const picture = new Picture();
  let drawn = 0;
  while (drawn < found.length && picture.nodes.size < MOST_NODES) picture.add(found[drawn++]);
  return section("All together", drawn < found.length && notice(`The first ${count(drawn, "path")} of ${found.length.toLocaleString("en")} are drawn.`),
    h("p", { class: "quiet small" }, "Dashed steps hang on conditions, or on what could not be read. Choose a path to see how each step is taken and stopped."),
    picture.drawn("Attack paths"));
}

// Nodes and edges of paths. The same principal may be on a path in several states, which are nodes
// of their own.
class Picture {
  nodes = new Map();
  edges = [];

  add(path) {
    for (const hop of path.hops) {
      this.edges.push({
        source: this.node(hop.from, hop.from_state), target: this.node(hop.to, hop.to_state), label: hop.title ?? hop.type,
        hover: [`${hop.type} ${hop.title ?? ""}`, ...hop.conditions].join("\n"), tone: hop.conditions.length ? "conditional" : "",
      });
    }
    const last = path.hops.at(-1);
    const target = last ? this.node(last.to, last.to_state) : this.node(path.source, "");
    this.nodes.get(target).tone = "target";
  }

  node(id, state) {
    const key = state ? `${id} (${state})` : id;
    const row = resourceOf(id);
    if (!this.nodes.has(key)) {
      this.nodes.set(key, { id: key, title: nameOf(id), kind: (row?.label ?? "not in the scan") + (state ? ` · ${state}` : ""), hover: key,
        tone: row?.missing ? "gap" : "", href: row ? address("resource", { id }) : null });
    }
    return key;
  }

  drawn(name) {
    return drawing(name, [...this.nodes.values()], this.edges);
  }
}

function onePath(path, asked, techniques, scan) {
  const picture = new Picture();
  picture.add(path);
  if (path.hops.length) picture.nodes.values().next().value.tone = "chosen";
  return [
    section(`From ${nameOf(path.source)} to ${nameOf(path.target)}`,
      h("p", null, path.conditional ? tag("conditional", "manual") : tag("certain", "plain"), " ",
        `Difficulty ${path.difficulty}, ${count(path.hops.length, "step")}. `,
        path.target_reason && `Administrator: ${path.target_reason}.`),
      picture.drawn("Attack path")),
    path.hops.map((hop, number) => hopCard(hop, number + 1, asked, techniques, scan)),
  ];
}

function hopCard(hop, number, asked, techniques, scan) {
  const technique = techniques.find((one) => one.id === hop.technique);
  const step = `${hop.from}->${hop.to}`;
  const cut = hop.technique ? `${step}#${hop.technique}` : step;
  return h("section", { class: `card hop ${hop.conditions.length ? "conditional" : ""}` },
    h("h2", null, `${number}. ${hop.title ?? hop.type}`),
    h("p", null, resourceWithLabel(hop.from), state(hop.from_state), h("span", { class: "quiet" }, ` ${hop.type} `), resourceWithLabel(hop.to), state(hop.to_state)),
    h("p", { class: "small quiet" }, hop.technique && [h("code", null, hop.technique), " "], hop.public_ids.join(", "),
      ` Difficulty ${hop.difficulty}: ${DIFFICULTIES[hop.difficulty]}.`),
    hop.conditions.length > 0 && [h("h3", null, "Only if"), h("ul", { class: "conditions" }, hop.conditions.map((one) => h("li", null, one)))],
    hop.permissions.length > 0 && [h("h3", null, "Permissions"), h("ul", { class: "inline" }, hop.permissions.map((one) => h("li", null, h("code", null, one))))],
    hop.statements.length > 0 && [h("h3", null, "Statements"), h("ul", null, hop.statements.map((one) => statement(one, asked, scan)))],
    hop.evidence.length > 0 && [h("h3", null, "Rests on"), h("ul", null, hop.evidence.map((id) => h("li", null, resourceWithLabel(id))))],
    technique && [h("h3", null, "How it is done"), h("p", null, technique.steps), h("h3", null, "How to stop it"), h("p", null, technique.remediation),
      h("p", { class: "small" }, technique.references.map((link) => h("a", { href: link, target: "_blank", rel: "noreferrer noopener", class: "block" }, link)))],
    isOffline ? null : h("p", null, h("a", { class: "button", href: address("paths", { ...asked, without: [...asked.without, cut] }) }, "What if this step were cut?")),
  );
}

function state(name) {
  return name && h("span", { class: "quiet small" }, ` (${name})`);
}

// A statement, and what is left without it where it is of a policy that can be supposed cut.
function statement(one, asked, scan) {
  const canBeCut = !isOffline && scan.policy_labels.includes(resourceOf(one.policy)?.label);
  return h("li", null, h("span", { class: "tag plain" }, one.effect), " ", resourceOf(one.policy) ? resourceLink(one.policy) : h("code", { title: one.policy }, shortened(one.policy, 64)),
    h("span", { class: "quiet small" }, ` statement ${one.index + 1}${one.sid ? ` (${one.sid})` : ""} `),
    canBeCut && h("a", { class: "small", href: address("paths", { ...asked, without: [...asked.without, `${one.policy}#${one.sid || one.index + 1}`] }) }, "What if it were gone?"));
}
