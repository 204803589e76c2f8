// The explorer: type a label, see its ancestors, their scores, and the best documents that are none.

const LISTED = 300;
let made = 0;

class Explorer {
  constructor(root, tree, data) {
    this.root = root;
    this.id = `hx${made++}`;
    this.tree = tree;
    this.search = new Search(tree);
    this.views = data.views.map((view) => new View(view));
    this.view = this.views[0];
    this.onShow = null;
    this.build(data);
  }

  build(data) {
    this.input = element("input", {
      class: "hx-input", type: "text", role: "combobox", "aria-label": "Label to look up", "aria-autocomplete": "list",
      "aria-expanded": "false", "aria-controls": `${this.id}-options`, autocomplete: "off", spellcheck: "false", placeholder: "type a label …",
    });
    this.options = element("ul", { class: "hx-options", id: `${this.id}-options`, role: "listbox", "aria-label": "Labels", hidden: "" });
    this.hint = element("p", { class: "hx-hint", role: "status" });
    const bar = element("div", { class: "hx-bar" }, element("div", { class: "hx-field" }, this.input, this.options), this.buttons(data));
    if (this.views.length > 1) bar.append(this.choice());
    this.said = element("p", { class: "hx-said", "aria-live": "polite", role: "status" });
    this.note = element("p", { class: "hx-note" });
    this.treeBox = element("div", {
      class: "hx-tree", tabindex: "0", role: "group",
      "aria-label": "Picture of the way to the root. Arrow keys move: up to the parent, down to the first child, left and right to siblings, Home to the root. The tables that follow say the same.",
    });
    this.scoreBox = element("div", { class: "hx-scores", role: "img", "aria-label": "Distribution of the scores of this query" });
    const pictures = element("div", { class: "hx-pictures" }, this.treeBox, this.legend(), this.scoreBox);
    this.path = element("tbody");
    this.rest = element("tbody");
    this.pathTable = table("Ancestors, from the root down", ["steps up", "ancestor", "score", "from threshold"], this.path);
    this.restTable = table("Best documents that are no ancestors", ["document", "score", "from threshold", "how it is related"], this.rest);
    const tables = element("div", { class: "hx-tables" }, this.pathTable, this.restTable);
    this.root.replaceChildren(bar, this.hint, this.said, element("div", { class: "hx-both" }, pictures, tables), this.note);
    this.treeCanvas = new TreeCanvas(this.treeBox, (node) => this.show(node));
    this.scoreCanvas = new ScoreCanvas(this.scoreBox);
    this.listen();
  }

  buttons(data) {
    const box = element("div", { class: "hx-buttons" });
    for (const { text, node } of data.starts) {
      const button = element("button", { type: "button" }, text);
      button.addEventListener("click", () => this.show(node));
      box.append(button);
    }
    const any = element("button", { type: "button" }, "any node");
    any.addEventListener("click", () => this.show(Math.floor(Math.random() * this.tree.n)));
    box.append(any);
    return box;
  }

  choice() {
    const select = element("select", { class: "hx-choice", "aria-label": "Embedding" });
    this.views.forEach((view, i) => select.append(element("option", { value: String(i) }, shownText(view.name))));
    select.addEventListener("change", () => { this.view = this.views[Number(select.value)]; this.show(this.node); });
    return select;
  }

  legend() {
    const list = element("ul", { class: "hx-legend", "aria-hidden": "true" });
    for (const [kind, text] of [["query", "the query"], ["ancestor", "ancestors"], ["other", "best others"], ["child", "children"]]) {
      list.append(element("li", { class: `is-${kind}` }, text));
    }
    return list;
  }

  listen() {
    this.input.addEventListener("input", () => this.suggest());
    this.input.addEventListener("keydown", (event) => this.typed(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    this.treeBox.addEventListener("keydown", (event) => this.moved(event));
  }

  suggest() {
    const { found, near } = this.search.hits(this.input.value);
    this.found = found;
    this.chosen = -1;
    this.options.replaceChildren(...found.map((hit, i) => this.option(hit, i)));
    this.options.hidden = !found.length;
    this.input.setAttribute("aria-expanded", String(found.length > 0));
    this.input.removeAttribute("aria-activedescendant");
    const asked = this.input.value.trim();
    this.hint.textContent = !asked || (found.length && !near) ? "" : near && found.length
      ? `No label holds “${shownText(asked)}”. Nearest:` : `No label is like “${shownText(asked)}”.`;
  }

  option(hit, i) {
    const label = this.tree.title(hit.node);
    const line = element("li", { role: "option", id: `${this.id}-option-${i}`, "aria-selected": "false", dir: "auto" }, shownText(hit.text));
    if (hit.text !== this.tree.labels[hit.node]) line.append(element("span", { class: "hx-also" }, ` ${label}`));
    line.addEventListener("pointerdown", (event) => { event.preventDefault(); this.show(hit.node); });
    return line;
  }

  typed(event) {
    const n = this.found ? this.found.length : 0;
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && n) {
      event.preventDefault();
      this.mark((this.chosen + (event.key === "ArrowDown" ? 1 : -1) + n) % n);
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.enter();
    } else if (event.key === "Escape") {
      this.close();
    }
  }

  mark(i) {
    this.chosen = i;
    [...this.options.children].forEach((line, at) => line.setAttribute("aria-selected", String(at === i)));
    this.input.setAttribute("aria-activedescendant", `${this.id}-option-${i}`);
    this.options.children[i].scrollIntoView({ block: "nearest" });
  }

  enter() {
    if (this.chosen >= 0 && this.found[this.chosen]) { this.show(this.found[this.chosen].node); return; }
    const node = this.search.exact(this.input.value);
    if (node >= 0) { this.show(node); return; }
    this.suggest();
    if (this.found.length === 1) this.show(this.found[0].node);
  }

  close() {
    this.options.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  moved(event) {
    const { tree, node } = this;
    const parents = tree.parents(node);
    const row = parents.length ? tree.children(parents[0]) : [node];
    const at = row.indexOf(node);
    let to = -1;
    if (event.key === "ArrowUp" && parents.length) to = parents[0];
    if (event.key === "ArrowDown" && tree.children(node).length) to = tree.children(node)[0];
    if (event.key === "ArrowLeft" && at > 0) to = row[at - 1];
    if (event.key === "ArrowRight" && at >= 0 && at + 1 < row.length) to = row[at + 1];
    if (event.key === "Home") { to = node; while (tree.parents(to).length) to = tree.parents(to)[0]; }
    if (event.key.startsWith("Arrow") || event.key === "Home") event.preventDefault();
    if (to >= 0) this.show(to);
  }

  /** Look up a node: everything that is shown changes with it. */
  show(node) {
    const begin = performance.now();
    this.node = node;
    this.close();
    this.hint.textContent = "";
    this.input.value = this.tree.labels[node];
    const ancestors = this.tree.ancestors(node);
    const answer = this.view.hasScores ? this.view.answer(node, ancestors) : null;
    this.listAncestors(ancestors, answer);
    this.listOthers(ancestors, answer);
    this.restTable.hidden = !answer;
    this.scoreBox.hidden = !answer;
    this.treeCanvas.show(this.tree, answer, ancestors, node);
    this.scoreCanvas.show(answer, ancestors);
    this.said.replaceChildren(...this.summary(ancestors, answer));
    this.note.textContent = this.view.note;
    this.took = performance.now() - begin;
    this.root.dataset.took = this.took.toFixed(1);
    this.root.dataset.node = this.tree.labels[node];
    if (this.onShow) this.onShow(node);
  }

  summary(ancestors, answer) {
    const label = element("strong", {}, element("bdi", {}, this.tree.title(this.node)));
    const n = ancestors.size;
    const many = `${n.toLocaleString("en")} ${n === 1 ? "ancestor" : "ancestors"}, itself included`;
    if (!answer) return [label, `: ${many}. This page has no vectors of this embedding, so no scores.`];
    const total = answer.scores.length.toLocaleString("en");
    if (!answer.missed.size && !answer.wrong) {
      return [label, `: of ${total} documents exactly its ${many}, ${answer.isGlobal ? "score above the threshold" : "are on top"}.`];
    }
    const missed = answer.missed.size ? `${answer.missed.size.toLocaleString("en")} of its ${many}, missed` : `all of its ${many}, retrieved`;
    const others = answer.wrong === 1 ? "1 other document" : `${answer.wrong.toLocaleString("en")} other documents`;
    return [label, `: ${missed}; ${others} of ${total} retrieved.`];
  }

  listAncestors(ancestors, answer) {
    const { tree } = this;
    const order = [...ancestors].sort((a, b) => tree.level[a[0]] - tree.level[b[0]] || b[1] - a[1]);
    const shown = order.length > LISTED ? order.slice(-LISTED) : order;
    const rows = shown.map(([node, steps]) => {
      const cells = [element("td", {}, String(steps)), element("td", {}, this.link(node))];
      if (answer) cells.push(...this.scoreCells(answer.scores[node], answer, answer.missed.has(node) ? "missed" : ""));
      return element("tr", node === this.node ? { class: "is-query" } : {}, ...cells);
    });
    if (shown.length < order.length) {
      rows.unshift(element("tr", {}, element("td", { colspan: "4" }, `the ${(order.length - shown.length).toLocaleString("en")} highest are left out`)));
    }
    this.path.replaceChildren(...rows);
    this.pathTable.classList.toggle("is-bare", !answer);
  }

  listOthers(ancestors, answer) {
    if (!answer) { this.rest.replaceChildren(); return; }
    const { tree } = this;
    this.rest.replaceChildren(...answer.others.map((node) => {
      const score = answer.scores[node];
      const isWrong = answer.isGlobal ? score > answer.level : score >= answer.worst;
      const why = relation(tree, ancestors, this.node, node);
      const cell = element("td", {}, why.text);
      if (why.node >= 0 && why.node !== this.node) cell.append(" ", element("bdi", {}, tree.title(why.node)));
      return element("tr", {}, element("td", {}, this.link(node)), ...this.scoreCells(score, answer, isWrong ? "retrieved" : ""), cell);
    }));
  }

  scoreCells(score, answer, wrong) {
    const away = score - answer.level;
    const doubtful = this.view.isDoubtful(score, answer.level);
    const far = element("td", { class: "hx-number" }, `${away > 0 ? "+" : ""}${digits(away, 3)}`);
    if (wrong) far.append(" ", element("span", { class: "hx-wrong" }, wrong));
    if (doubtful) far.append(" ", element("span", { class: "hx-near", title: "nearer to the threshold than copies can tell: the certificate decides" }, "≈"));
    return [element("td", { class: "hx-number" }, digits(score)), far];
  }

  link(node) {
    const button = element("button", { type: "button", class: "hx-link", dir: "auto" }, this.tree.title(node));
    button.addEventListener("click", () => this.show(node));
    return button;
  }

  /** Draw again, in the colors of another theme. */
  redraw() {
    this.treeCanvas.draw();
    this.scoreCanvas.draw();
  }
}

function table(caption, head, body) {
  const cells = head.map((text) => element("th", { scope: "col" }, text));
  return element("table", { class: "hx-table" }, element("caption", {}, caption), element("thead", {}, element("tr", {}, ...cells)), body);
}

/** Put an explorer into an element; returns it once the hierarchy is unpacked. */
async function mountExplorer(root, data) {
  if (typeof DecompressionStream === "undefined") {
    root.textContent = "The explorer needs DecompressionStream: Chromium 80, Firefox 113, Safari 16.4, or later.";
    return null;
  }
  const explorer = new Explorer(root, await Tree.of(data.hierarchy), data);
  explorer.show(data.start);
  return explorer;
}
