// Coverage: the calls that failed, and what each leaves open.

import { h } from "../dom.js";
import { address } from "../address.js";
import { ask } from "../source.js";
import { accountAndRegion, breakable } from "../names.js";
import { count, heading, section, table, tag } from "../parts.js";

export async function coverage() {
  const calls = await ask("coverage");
  const failed = calls.filter((call) => call.status !== "ok");
  const permissions = [...new Set(failed.map((call) => call.permission).filter(Boolean))].sort();
  return [
    heading("Coverage", h("p", { class: "quiet" },
      `${count(failed.length, "call")} failed, ${(calls.length - failed.length).toLocaleString("en")} succeeded. ` +
      "What a failed call would have shown is unknown: findings that depend on it are MANUAL.")),
    section("Failed calls", failedCalls(failed, 100)),
    permissions.length
      ? section("Permissions to grant", h("ul", { class: "plain" }, permissions.map((one) => h("li", null, h("code", null, one)))))
      : null,
  ];
}

export function failedCalls(failed, most) {
  if (!failed.length) return h("p", null, "Every call of the scan succeeded.");
  return [
    table(
      failed,
      [
        ["Call", (call) => h("span", null, h("strong", null, breakable(call.operation)), h("span", { class: "quiet small block" }, `${call.provider} ${call.service}`))],
        ["Account", (call) => accountAndRegion(call.account, call.region)],
        ["Ended", (call) => h("span", { title: call.message }, tag(call.status, "manual"), " ", h("span", { class: "small" }, breakable(call.code)))],
        ["Leaves open", (call) => opens(call)],
      ],
      { caption: "Failed calls", most },
    ),
  ];
}

function opens(call) {
  if (call.findings === null) return "not known";
  if (!call.findings) return "no finding";
  return h(
    "a",
    { href: address("findings", { status: "MANUAL", text: call.operation, account: call.account }) },
    count(call.findings, "finding"),
  );
}
