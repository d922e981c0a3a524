// The overview: what was read, what is wrong, and the easiest attack paths.

import { h } from "../dom.js";
import { address } from "../address.js";
import { ask } from "../source.js";
import { accountName } from "../names.js";
import { SEVERITIES, STATUSES, count, gapsBox, heading, notice, section, table } from "../parts.js";
import { failedCalls } from "./coverage.js";
import { notCovered, pathLine } from "./paths.js";

const BEST = 6;

export async function overview() {
  const [scan, findings, calls] = await Promise.all([ask("scan"), ask("findings"), ask("coverage")]);
  const failed = calls.filter((call) => call.status !== "ok");
  const manual = findings.filter((one) => one.status === "MANUAL");
  return [
    heading("Overview", h("p", { class: "quiet" }, about(scan))),
    tiles(findings),
    manual.length || failed.length
      ? notice(
          h("strong", null, "Not everything could be read. "),
          `${failed.length.toLocaleString("en")} of ${calls.length.toLocaleString("en")} calls failed; ` +
            `${count(manual.length, "finding is", "findings are")} MANUAL, which is not PASS. `,
          h("a", { href: address("coverage") }, "Coverage and its gaps"),
        )
      : null,
    h(
      "div",
      { class: "flowing" },
      section("Findings by severity", bySeverity(findings)),
      section("Easiest attack paths to an administrator", await best(scan)),
      section("Findings by account", byGroup(findings, "account", (one) => one.account ?? "", accountName)),
      section("Findings by service", byGroup(findings, "service", (one) => one.service)),
      section("Coverage: failed calls", h("p", { class: "quiet" }, covered(calls)), failedCalls(failed, 6)),
    ),
  ];
}

// How many calls of each cloud succeeded.
function covered(calls) {
  return [...Map.groupBy(calls, (call) => call.provider)].sort().map(([cloud, of]) => {
    const ok = of.filter((call) => call.status === "ok").length;
    return `${cloud}: ${ok.toLocaleString("en")} of ${count(of.length, "call")} succeeded`;
  }).join("; ") + ".";
}

function about(scan) {
  const accounts = Object.entries(scan.accounts)
    .filter(([, ids]) => ids.length)
    .map(([cloud, ids]) => `${cloud} (${ids.length})`);
  const began = new Date(scan.started).toISOString().replace("T", " ").slice(0, 16);
  return `Scan of ${began} UTC; accounts: ${accounts.join(", ")}; ${count(scan.checks.length, "check")}.`;
}

function tiles(findings) {
  return h(
    "div",
    { class: "tiles" },
    STATUSES.filter((status) => status !== "ERROR" || numberOf(findings, status)).map((status) =>
      h(
        "a",
        { class: `tile ${status.toLowerCase()}`, href: address("findings", { status }) },
        h("span", { class: "number" }, numberOf(findings, status).toLocaleString("en")),
        h("span", null, status),
      ),
    ),
  );
}

function numberOf(findings, status) {
  return findings.filter((one) => one.status === status).length;
}

function bySeverity(findings) {
  const rows = SEVERITIES.map((severity) => [
    severity,
    findings.filter((one) => one.severity === severity),
  ]).filter(([, found]) => found.length);
  return counted(rows, "severity");
}

function byGroup(findings, name, of, called = String) {
  const groups = Map.groupBy(findings, of);
  const wrong = (found) => numberOf(found, "FAIL") * 1000 + numberOf(found, "MANUAL");
  const rows = [...groups].sort((one, other) => wrong(other[1]) - wrong(one[1]));
  return counted(rows, name, called);
}

// A table of the findings of groups by status; each number leads to its findings.
function counted(groups, name, called = String) {
  const statuses = STATUSES.filter((status) => status !== "ERROR" || groups.some(([, found]) => numberOf(found, status)));
  const title = name[0].toUpperCase() + name.slice(1);
  return table(
    groups,
    [
      [title, ([group]) => [
        h("span", { class: "cut block", title: group }, called(group) || "none"),
        called(group) !== group && h("span", { class: "small quiet block" }, group),
      ]],
      ...statuses.map((status) => [
        status,
        ([group, found]) => {
          const number = numberOf(found, status);
          const target = address("findings", { status, [name]: group });
          if (!number) return h("span", { class: "quiet" }, "0");
          return h("a", { href: target, class: status.toLowerCase() }, number.toLocaleString("en"));
        },
      ]),
    ],
    { caption: `Findings by ${name}`, most: 10, isStacked: false },
  );
}

async function best(scan) {
  let answer;
  try {
    answer = await ask("paths");
  } catch (error) {
    return notice(error.message);
  }
  const sources = new Set();
  const shown = [];
  answer.paths.forEach((path, place) => {
    if (path.hops.length && !sources.has(path.source)) shown.push([path, place]);
    sources.add(path.source);
  });
  return [
    shown.length
      ? h("ol", { class: "plain" }, shown.slice(0, BEST).map(([path, place]) => pathLine(path, place)))
      : h("p", null, "No attack path to an administrator was found in what was read."),
    h("p", null, h("a", { href: address("paths") }, `All ${count(answer.paths.length, "attack path")}`)),
    notCovered(scan, answer),
    gapsBox(answer.gaps, "there may be further paths"),
  ];
}
