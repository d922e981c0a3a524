// Where answers come from: Clew's server, or what is embedded in an offline file.

import { embedded, answerFrom } from "./embedded.js";

const known = new Map();

// Whether there is no server to ask.
export const isOffline = document.getElementById("embedded") !== null;

// The answer to a question; values may be lists. Throws an Error whose message is a sentence.
export function ask(question, values = {}) {
  const query = new URLSearchParams(
    Object.entries(values).flatMap(([name, value]) =>
      [value].flat().filter((one) => one !== "").map((one) => [name, one]),
    ),
  );
  const asked = `${question}?${query}`;
  if (!known.has(asked)) {
    const answer = isOffline
      ? embedded().then((data) => answerFrom(data, question, query))
      : fetched(`/api/${asked}`);
    known.set(asked, answer);
    answer.catch(() => known.delete(asked));
  }
  return known.get(asked);
}

// The rows of a saved query or of Cypher.
export function run(asked) {
  return fetched("/api/query", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(asked),
  });
}

async function fetched(url, options) {
  let response;
  try {
    response = await fetch(url, options);
  } catch {
    throw new Error("The server does not answer. Start `clew serve` again.");
  }
  const answer = await response.json().catch(() => ({ error: "The answer cannot be read." }));
  if (!response.ok) throw new Error(answer.error);
  return answer;
}
