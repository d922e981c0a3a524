// Answers from the data of an offline file, as the server gives them.

let data = null;

// The data, unpacked once.
export function embedded() {
  data ??= unpacked(document.getElementById("embedded").textContent);
  return data;
}

async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text.trim()), (char) => char.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return await new Response(stream).json();
}

export function answerFrom(found, question, query) {
  if (question === "resource") return resource(found, query.get("id"));
  if (question === "paths") return paths(found, query);
  if (question === "choke-points") return chokePoints(found, query);
  if (question === "compliance") return found.compliance[query.get("framework")];
  if (question === "scans") return Object.keys(found.changes);
  if (question === "diff") return found.changes[query.get("old")];
  if (question in found.answers) return found.answers[question];
  throw new Error("This file cannot answer that. Open the scan with `clew serve`.");
}

function resource(found, id) {
  const rows = found.answers.resources;
  const place = rows.findIndex((row) => row.id === id);
  if (place < 0) throw new Error(`No resource has the identity '${id}'.`);
  const [properties, unread] = found.details[place];
  const references = [];
  for (const [source, type, target, own] of found.edges) {
    if (source === place) {
      references.push({ direction: "out", type, other: rows[target], properties: own });
    }
    if (target === place) {
      references.push({ direction: "in", type, other: rows[source], properties: own });
    }
  }
  const gaps = (found.gaps_of[rows[place].label] ?? []).map((number) => found.gaps[number]);
  return { resource: rows[place], properties, unread, references, gaps };
}

// The embedded paths from and to what is asked for; only whole lists of paths are embedded.
function paths(found, query) {
  const sources = query.getAll("from");
  const to = query.get("to") || "admin";
  if (query.getAll("without").length) throw new Error(noWhatIf);
  const whole = found.paths[to];
  if (whole && !sources.length) return whole;
  if (!whole) throw new Error(only);
  const wanted = sources.flatMap((text) => named(found, text));
  return { ...whole, paths: whole.paths.filter((path) => wanted.includes(path.source)) };
}

const noWhatIf = "This file cannot work out what is left after a cut. Open the scan with `clew serve`.";
const only =
  "This file holds the attack paths to `admin` and to `data`. Open the scan with `clew serve` " +
  "for paths to anything else.";

function named(found, text) {
  if (text === "any" || text === "outside") throw new Error(only);
  const alike = found.answers.resources.filter((row) => row.id === text || row.name === text);
  if (!alike.length) throw new Error(`Nothing in the scan is called '${text}'.`);
  return alike.map((row) => row.id);
}

function chokePoints(found, query) {
  if (query.getAll("without").length) throw new Error(noWhatIf);
  if (query.get("by")) throw new Error("This file holds the steps to cut. Open the scan with `clew serve` for statements and policies.");
  if (query.getAll("from").length || (query.get("to") || "admin") !== "admin") {
    throw new Error(
      "This file holds the choke points of paths to `admin`. Open the scan with `clew serve` for others.",
    );
  }
  return found.answers["choke-points"];
}
