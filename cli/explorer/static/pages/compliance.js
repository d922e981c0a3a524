// Compliance: how the requirements of each framework stand, and which findings decide them.

import { h, s } from "../dom.js";
import { address } from "../address.js";
import { ask } from "../source.js";
import { breakable } from "../names.js";
import { count, heading, notice, section, table, tag } from "../parts.js";

// What each status means, and how it looks; the worst first.
const STATES = {
  ERROR: ["ERROR", "error", "a check failed"],
  FAIL: ["FAIL", "fail", "something does not hold"],
  MANUAL: ["MANUAL", "manual", "a fact that decides could not be read"],
  PARTLY: ["PASS in part", "manual", "what the checks look at holds; the rest is left open"],
  PASS: ["PASS", "pass", "all that its checks look at holds"],
  NO_RESOURCES: ["no resources", "plain", "its checks found nothing that they are about"],
  NOT_CHECKED: ["not checked", "plain", "the scan did not read what its checks are about"],
  NOT_COVERED: ["not covered", "plain", "Clew has no check for it"],
  UNDECIDABLE: ["cannot be decided", "plain", "no scan can decide it"],
};

export async function compliance(given) {
  const frameworks = await ask("frameworks");
  const chosen = frameworks.find((one) => one.id === given.get("framework"));
  if (given.has("framework") && !chosen) throw new Error(`There is no framework '${given.get("framework")}'.`);
  return chosen ? oneFramework(chosen, given.get("status") ?? "") : allFrameworks(frameworks);
}

function allFrameworks(frameworks) {
  return [
    heading("Compliance", h("p", { class: "quiet" }, "How the requirements of each framework stand. One that no check decides is never counted as passed.")),
    section("Frameworks", table(
      frameworks,
      [
        ["Framework", (one) => h("a", { href: address("compliance", { framework: one.id }) }, one.title)],
        ["Requirements", (one) => total(one).toLocaleString("en")],
        ["How they stand", (one) => [bar(one), h("span", { class: "small block" }, inWords(one))]],
      ],
      { caption: "Frameworks" },
    )),
    legend(frameworks),
  ];
}

function total({ requirements }) {
  return Object.values(requirements).reduce((sum, number) => sum + number, 0);
}

function inWords({ requirements }) {
  return Object.keys(STATES).filter((state) => requirements[state])
    .map((state) => `${requirements[state].toLocaleString("en")} ${STATES[state][0]}`).join(", ");
}

// The same as a bar; the words next to it say it all.
function bar(framework) {
  const scale = 100 / total(framework);
  let x = 0;
  const parts = Object.keys(STATES).filter((state) => framework.requirements[state]).map((state) => {
    const width = framework.requirements[state] * scale;
    x += width;
    return s("rect", { class: STATES[state][1], x: x - width, y: 0, width, height: 6 }, s("title", null, STATES[state][0]));
  });
  return s("svg", { class: "states", viewBox: "0 0 100 6", preserveAspectRatio: "none", "aria-hidden": "true" }, parts);
}

async function oneFramework(framework, status) {
  const rows = await ask("compliance", { framework: framework.id });
  const shown = rows.filter((row) => !status || row.status === status);
  const link = (state, text) => h("a", { class: "button", href: address("compliance", { framework: framework.id, status: state }), "aria-current": state === status ? "true" : null }, text);
  return [
    heading(framework.title, h("p", { class: "quiet" }, h("a", { href: address("compliance") }, "All frameworks"), ` · ${count(rows.length, "requirement")}: ${inWords(framework)}.`)),
    h("p", { class: "tags", role: "group", "aria-label": "Status" }, link("", "all"), Object.keys(STATES).filter((state) => framework.requirements[state]).map((state) => link(state, STATES[state][0]))),
    shown.length
      ? section(status ? `${count(shown.length, "requirement")}: ${STATES[status][0]}` : "Requirements", requirementTable(framework, shown))
      : notice("No requirement stands so."),
    legend([framework]),
  ];
}

function requirementTable(framework, rows) {
  return table(
    rows,
    [
      ["Number", (row) => h("strong", { class: "number-of" }, row.requirement)],
      ["Status", (row) => tag(STATES[row.status][0], STATES[row.status][1])],
      ["Requirement", (row) => [h("span", { class: "block" }, row.title), row.note && h("span", { class: "small quiet block" }, row.note)]],
      ["Findings", (row) => Object.entries(row.findings).map(([state, number]) =>
        h("a", { class: `block ${state.toLowerCase()}`, href: address("findings", { status: state, requirement: `${framework.name}: ${row.requirement}` }) }, `${number.toLocaleString("en")} ${state}`))],
      ["Checks", (row) => row.checks.map((check) => h("a", { class: "block small", href: address("findings", { status: ["ERROR", "FAIL", "MANUAL", "PASS"], check }) }, h("code", null, breakable(check))))],
    ],
    { caption: "Requirements", most: 200 },
  );
}

function legend(frameworks) {
  const used = Object.keys(STATES).filter((state) => frameworks.some((one) => one.requirements[state]));
  return h("details", null, h("summary", null, "What the words mean"),
    h("dl", null, used.map((state) => [h("dt", null, tag(STATES[state][0], STATES[state][1])), h("dd", null, STATES[state][2])])));
}
