// Findings: a table with filters, and each finding with its evidence.

import { h, show } from "../dom.js";
import { address } from "../address.js";
import { ask } from "../source.js";
import { accountAndRegion, accountName, breakable, identity, nameOf, resourceLink, resourceWithLabel, shortened } from "../names.js";
import { SEVERITIES, STATUSES, count, heading, labelled, notice, section, table, tag } from "../parts.js";
import { drawing } from "../drawing.js";

const FIELDS = ["severity", "account", "service", "check", "requirement", "text"];
const WORDS = ["message", "check", "title", "resource", "target", "account", "region"];

export async function findings(given) {
  const all = await ask("findings");
  const result = h("div", { class: "card" });
  const statuses = given.has("status") ? given.getAll("status") : ["ERROR", "FAIL", "MANUAL"];
  const values = Object.fromEntries(FIELDS.map((name) => [name, given.get(name) ?? ""]));
  const update = () => {
    const found = all.filter((one) => fits(one, statuses, values));
    show(result, listed(found, all, statuses));
    history.replaceState(null, "", address("findings", { status: statuses, ...values }));
  };
  const pick = (name, title, options, called = String) =>
    labelled(title, h("select", { onchange: (event) => { values[name] = event.target.value; update(); } },
      h("option", { value: "" }, "all"),
      options.map((one) => h("option", { value: one, selected: one === values[name] }, shortened(called(one), 60)))));
  const distinct = (name) => [...new Set(all.map((one) => one[name]).filter(Boolean))].sort();
  const form = h(
    "form",
    { class: "filters many", onsubmit: (event) => event.preventDefault() },
    h("fieldset", null, h("legend", null, "Status"), STATUSES.map((status) =>
      h("label", { class: "check" },
        h("input", { type: "checkbox", checked: statuses.includes(status), onchange: (event) => {
          if (event.target.checked) statuses.push(status);
          else statuses.splice(statuses.indexOf(status), 1);
          update();
        } }), status))),
    pick("severity", "Severity", SEVERITIES),
    pick("account", "Account", distinct("account"), inFull),
    pick("service", "Service", distinct("service")),
    pick("check", "Check", distinct("check")),
    labelled("Text", h("input", { type: "search", value: values.text, placeholder: "any text",
      oninput: (event) => { values.text = event.target.value; update(); } })),
  );
  const requirement = h("p", { class: "tags" });
  const tell = () => show(requirement, values.requirement && ["Requirement: ", h("span", { class: "tag plain" }, values.requirement, " ",
    h("button", { type: "button", class: "copy", "aria-label": "Findings of all requirements", onclick: () => { values.requirement = ""; tell(); update(); } }, "×"))]);
  tell();
  update();
  return [heading("Findings"), form, requirement, result];
}

// An account by its name and its id.
function inFull(account) {
  const name = accountName(account);
  return name === account ? account : `${name} (${account})`;
}

function fits(one, statuses, { severity, account, service, check, requirement, text }) {
  return (
    statuses.includes(one.status) &&
    (!severity || one.severity === severity) &&
    (!account || one.account === account) &&
    (!service || one.service === service) &&
    (!check || one.check === check) &&
    (!requirement || one.compliance.some((each) => decides(each, requirement))) &&
    (!text || WORDS.some((word) => (one[word] ?? "").toLowerCase().includes(text.toLowerCase())))
  );
}

// Whether what a check says of compliance ("FRAMEWORK: 1.1, 1.2") names a requirement ("FRAMEWORK: 1.2").
function decides(said, requirement) {
  const [[framework, numbers], [wanted, number]] = [said, requirement].map((text) => text.split(/: *(.*)/s));
  return framework === wanted && numbers.split(",").some((one) => one.trim() === number);
}

function listed(found, all, statuses) {
  const hidden = all.filter((one) => one.status === "MANUAL").length;
  return [
    h("p", { class: "quiet", role: "status" }, `${count(found.length, "finding")} of ${all.length.toLocaleString("en")}.`,
      statuses.includes("MANUAL") || !hidden ? "" : ` ${count(hidden, "MANUAL finding is", "MANUAL findings are")} not shown: what could not be read may be wrong too.`),
    found.length
      ? findingTable(found)
      : notice("No finding has these properties. That says nothing about what was not read."),
  ];
}

export function findingTable(found) {
  return table(
    found,
    [
      ["Status", (one) => tag(one.status)],
      ["Severity", (one) => tag(one.severity)],
      ["Finding", (one) => h("a", { href: address("finding", { id: one.id }) }, one.message)],
      ["Resource", (one) => resourceLink(one.resource)],
      ["Check", (one) => h("code", { class: "small" }, breakable(one.check))],
      ["Account", (one) => accountAndRegion(one.account, one.region)],
    ],
    { caption: "Findings" },
  );
}

export async function finding(given) {
  const one = (await ask("findings")).find((each) => each.id === given.get("id"));
  if (!one) throw new Error("There is no such finding in this scan.");
  return [
    heading(one.message),
    h("p", { class: "tags" }, tag(one.status), tag(one.severity), h("code", null, one.check),
      one.account && h("span", { class: "quiet" }, `${one.provider} · ${inFull(one.account)} · ${one.region ?? ""}`)),
    one.status === "MANUAL" && notice(
      h("strong", null, "MANUAL is not PASS: "), "a fact that decides could not be read. ",
      one.failed_calls.length ? `Failed calls: ${one.failed_calls.join(", ")}. ` : "",
      h("a", { href: address("coverage") }, "Coverage")),
    h("div", { class: "columns" }, section("What should be so", h("p", null, one.title), h("h3", null, "Why"), h("p", null, one.why),
      h("h3", null, "What to do"), h("p", null, one.remediation),
      h("p", { class: "small" }, one.references.map((link) => [h("a", { href: link, target: "_blank", rel: "noreferrer noopener" }, link), h("br")])),
      one.compliance.length > 0 && h("p", { class: "quiet small" }, one.compliance.join(" · "))),
    section("Resource", h("p", null, resourceWithLabel(one.resource)), h("p", null, identity(one.resource)),
      one.target && [h("h3", null, "Target"), h("p", null, resourceWithLabel(one.target)), h("p", null, identity(one.target))],
      one.tags?.length > 0 && h("p", { class: "small" }, one.tags.map((each) => tag(each, "plain"))))),
    section("Evidence", evidence(one)),
  ];
}

function evidence({ evidence: { nodes, edges }, resource, target }) {
  if (!nodes.length) return h("p", { class: "quiet" }, "The finding is about the account as a whole.");
  const drawn = nodes.map((node) => ({
    id: node.id, title: node.name || nameOf(node.id), kind: node.missing ? `${node.label} · ${node.missing}` : node.label,
    hover: node.id, href: address("resource", { id: node.id }),
    tone: node.missing ? "gap" : node.id === resource ? "chosen" : node.id === target ? "target" : "",
  }));
  return [
    drawing("Evidence", drawn, edges.map((edge) => ({ source: edge.source, target: edge.target, label: edge.type }))),
    h("details", null, h("summary", null, "As a list"), h("ul", null,
      nodes.map((node) => h("li", null, `${node.label} `, h("code", null, node.id), node.missing ? ` (${node.missing})` : "")),
      edges.map((edge) => h("li", null, `${nameOf(edge.source)} ${edge.type} ${nameOf(edge.target)}`)))),
  ];
}

