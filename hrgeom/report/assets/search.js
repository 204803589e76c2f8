// Labels, names and other labels, found while they are typed.

class Search {
  constructor(tree) {
    this.texts = [...tree.labels];
    this.nodes = Array.from({ length: tree.n }, (_, node) => node);
    if (tree.names !== tree.labels) {
      tree.names.forEach((name, node) => {
        if (name !== tree.labels[node]) { this.texts.push(name); this.nodes.push(node); }
      });
    }
    tree.others.forEach((text, i) => { this.texts.push(text); this.nodes.push(tree.otherNodes[i]); });
    this.folded = this.texts.map(folded);
  }

  /** The node that a text stands for, or -1: as it is written, else whatever the case. */
  exact(text) {
    let at = this.texts.indexOf(text);
    if (at < 0) at = this.folded.indexOf(folded(text));
    return at < 0 ? -1 : this.nodes[at];
  }

  /** Up to `most` hits, those that begin with the text first; near misses where none holds it. */
  hits(text, most = 8) {
    const wanted = folded(text);
    if (!wanted) return { found: [], near: false };
    const found = this.holding(wanted, most);
    return found.length ? { found, near: false } : { found: this.nearest(wanted, most), near: true };
  }

  holding(wanted, most) {
    const ranked = [];
    for (let i = 0; i < this.folded.length; i++) {
      const at = this.folded[i].indexOf(wanted);
      if (at < 0) continue;
      const whole = this.folded[i].length === wanted.length;
      ranked.push([whole ? 0 : at === 0 ? 1 : 2, this.folded[i].length, i]);
    }
    ranked.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
    return this.distinct(ranked.map((hit) => hit[2]), most);
  }

  nearest(wanted, most) {
    const limit = Math.max(2, Math.floor(wanted.length / 3));
    const ranked = [];
    for (let i = 0; i < this.folded.length; i++) {
      const text = this.folded[i];
      if (Math.abs(text.length - wanted.length) > limit) continue;
      const away = distance(wanted, text, limit);
      if (away <= limit) ranked.push([away, text[0] === wanted[0] ? 0 : 1, i]);
    }
    ranked.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
    return this.distinct(ranked.map((hit) => hit[2]), most);
  }

  distinct(places, most) {
    const found = new Map();
    for (const place of places) {
      if (!found.has(this.nodes[place])) found.set(this.nodes[place], this.texts[place]);
      if (found.size === most) break;
    }
    return [...found].map(([node, text]) => ({ node, text }));
  }
}

function folded(text) {
  return text.normalize("NFKC").toLowerCase().replace(/[\s_]+/g, " ").trim();
}

const ROWS = [new Uint16Array(256), new Uint16Array(256), new Uint16Array(256)];

/** Edits from one text to the other, a swap of neighbors counting one; above `limit`: some more. */
function distance(a, b, limit) {
  if (a.length > 250 || b.length > 250) return limit + 1;
  let [before, last, row] = ROWS;
  for (let j = 0; j <= b.length; j++) last[j] = j;
  for (let i = 1; i <= a.length; i++) {
    row[0] = i;
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, before[j - 2] + 1);
      row[j] = best;
      if (best < least) least = best;
    }
    if (least > limit) return limit + 1;
    [before, last, row] = [last, row, before];
  }
  return last[b.length];
}
