// Scores of one query with all documents, and what they say.

class View {
  /** One embedding: unpack its vectors, if the page has them. */
  constructor(packed) {
    Object.assign(this, packed);
    if (!packed.queries) return;
    this.queries = numbersOf(bytesOf(packed.queries), packed.copied_as);
    this.documents = numbersOf(bytesOf(packed.documents), packed.copied_as);
    this.queryScales = packed.query_scales && numbersOf(bytesOf(packed.query_scales), "float32");
    this.documentScales = packed.document_scales && numbersOf(bytesOf(packed.document_scales), "float32");
  }

  get hasScores() { return Boolean(this.queries); }

  /** Inner products with all documents, summed in double precision. */
  scores(query) {
    const { dim, documents, documentScales } = this;
    const row = Float64Array.from(this.queries.subarray(query * dim, (query + 1) * dim));
    if (this.queryScales) for (let k = 0; k < dim; k++) row[k] *= this.queryScales[query];
    const n = documents.length / dim;
    const scores = new Float64Array(n);
    for (let v = 0, at = 0; v < n; v++) {
      let sum = 0;
      for (let k = 0; k < dim; k++) sum += row[k] * documents[at++];
      scores[v] = documentScales ? sum * documentScales[v] : sum;
    }
    return scores;
  }

  /** What a query retrieves: scores, its level, its ancestors and the best other documents. */
  answer(query, ancestors, most = 8) {
    const scores = this.scores(query);
    const others = bestOthers(scores, ancestors, most);
    let worst = Infinity;
    for (const node of ancestors.keys()) worst = Math.min(worst, scores[node]);
    const best = others.length ? scores[others[0]] : -Infinity;
    const isGlobal = this.threshold !== null;
    const level = isGlobal ? this.threshold : Number.isFinite(best) ? (worst + best) / 2 : worst - 1;
    const missed = [...ancestors.keys()].filter((node) => !(isGlobal ? scores[node] > level : scores[node] > best));
    let wrong = 0;
    for (let v = 0; v < scores.length; v++) {
      if (!ancestors.has(v) && (isGlobal ? scores[v] > level : scores[v] >= worst)) wrong++;
    }
    return { query, scores, level, isGlobal, worst, best, others, missed: new Set(missed), wrong };
  }

  /** Whether a score is so near the level that its copy cannot tell the side. */
  isDoubtful(score, level) { return Math.abs(score - level) <= this.error * (this.threshold === null ? 2 : 1); }
}

/** The documents of highest score that are no ancestors. */
function bestOthers(scores, ancestors, most) {
  const best = [];
  for (let v = 0; v < scores.length; v++) {
    if (best.length === most && scores[v] <= scores[best[most - 1]]) continue;
    if (ancestors.has(v)) continue;
    let at = best.length;
    while (at > 0 && scores[best[at - 1]] < scores[v]) at--;
    best.splice(at, 0, v);
    if (best.length > most) best.pop();
  }
  return best;
}

/** A number to some digits, in plain notation where that is short. */
function digits(value, n = 4) {
  if (!Number.isFinite(value)) return "none";
  return value.toPrecision(n).replace("e+", "e").replaceAll("-", "−");
}

/** How a document that is no ancestor of a query stands to it. */
function relation(tree, ancestors, query, other) {
  const found = tree.meeting(ancestors, other);
  if (!found) return { text: "shares no ancestor with the query", node: -1 };
  const steps = `${found.down} ${found.down === 1 ? "step" : "steps"}`;
  if (found.node === query) return { text: `below the query itself, ${steps} down`, node: found.node };
  if (found.up === 1 && found.down === 1) return { text: "a sibling, under the parent", node: found.node };
  return { text: `${steps} below the ancestor`, node: found.node };
}
