// The hierarchy: parents and children of every node, and how two nodes are related.

class Tree {
  /** Unpack what `packed_hierarchy` in Python wrote. */
  static async of(packed) {
    const tree = new Tree();
    tree.labels = await textsOf(packed.labels);
    tree.names = packed.names ? await textsOf(packed.names) : tree.labels;
    tree.others = packed.others ? await textsOf(packed.others) : [];
    tree.otherNodes = packed.others ? numbersOf(await inflated(packed.other_nodes), "int32") : [];
    tree.n = packed.n;
    const counts = numbersOf(await inflated(packed.counts), packed.counts_bytes === 1 ? "uint8" : "int32");
    const parents = numbersOf(await inflated(packed.parents), "int32");
    for (let i = 1; i < parents.length; i++) parents[i] += parents[i - 1];
    tree.up = { start: startsOf(counts), nodes: parents };
    tree.down = transposed(tree.up, tree.n);
    tree.level = levelsOf(tree);
    return tree;
  }

  parents(node) { return this.up.nodes.subarray(this.up.start[node], this.up.start[node + 1]); }

  children(node) { return this.down.nodes.subarray(this.down.start[node], this.down.start[node + 1]); }

  /** Node -> steps up to it on the shortest way, the node itself included; nearest first. */
  ancestors(node) {
    const steps = new Map([[node, 0]]);
    for (const at of steps.keys()) {
      for (const parent of this.parents(at)) {
        if (!steps.has(parent)) steps.set(parent, steps.get(at) + 1);
      }
    }
    return steps;
  }

  /** The lowest ancestor that `other` shares with a node, and the steps down to `other`. */
  meeting(ancestors, other) {
    const steps = new Map([[other, 0]]);
    for (const at of steps.keys()) {
      if (ancestors.has(at)) return { node: at, down: steps.get(at), up: ancestors.get(at) };
      for (const parent of this.parents(at)) {
        if (!steps.has(parent)) steps.set(parent, steps.get(at) + 1);
      }
    }
    return null;
  }

  /** What is shown for a node: its label, and its name where that is another. */
  title(node) {
    const label = shownText(this.labels[node]);
    const name = this.names[node];
    return name === this.labels[node] ? label : `${shownText(name)} (${label})`;
  }
}

function startsOf(counts) {
  const start = new Int32Array(counts.length + 1);
  for (let i = 0; i < counts.length; i++) start[i + 1] = start[i] + counts[i];
  return start;
}

function transposed({ start, nodes }, n) {
  const counts = new Int32Array(n);
  for (const node of nodes) counts[node]++;
  const back = { start: startsOf(counts), nodes: new Int32Array(nodes.length) };
  const next = back.start.slice(0, n);
  for (let child = 0; child < n; child++) {
    for (let i = start[child]; i < start[child + 1]; i++) back.nodes[next[nodes[i]]++] = child;
  }
  return back;
}

/** Longest path from a root to each node. */
function levelsOf(tree) {
  const level = new Int32Array(tree.n);
  const missing = new Int32Array(tree.n);
  const ready = [];
  for (let i = 0; i < tree.n; i++) {
    missing[i] = tree.up.start[i + 1] - tree.up.start[i];
    if (!missing[i]) ready.push(i);
  }
  for (let at = 0; at < ready.length; at++) {
    for (const child of tree.children(ready[at])) {
      level[child] = Math.max(level[child], level[ready[at]] + 1);
      if (!--missing[child]) ready.push(child);
    }
  }
  return level;
}

const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A label as it is shown: signs that turn the direction of writing are written out. */
function shownText(text) {
  const shown = text.replace(CONTROLS, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
  if (shown.trim()) return shown.length > 160 ? `${shown.slice(0, 159)}…` : shown;
  return shown ? "(label of spaces)" : "(empty label)";
}
