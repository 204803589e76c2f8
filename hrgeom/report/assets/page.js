// What the page does besides the explorer: themes, and a node in the address.

const themes = document.getElementById("theme");
const dark = window.matchMedia("(prefers-color-scheme: dark)");

function isDark() {
  const set = document.documentElement.dataset.theme;
  return set ? set === "dark" : dark.matches;
}

function nameTheme() {
  themes.setAttribute("aria-pressed", String(isDark()));
}

const began = performance.now();
const mount = document.getElementById("explorer");
const ready = mountExplorer(mount, JSON.parse(document.getElementById("explorer-data").textContent)).then((explorer) => {
  document.documentElement.dataset.ready = (performance.now() - began).toFixed(0);
  if (!explorer) return null;
  const asked = () => {
    const text = new URLSearchParams(location.hash.slice(1)).get("q");
    const node = text === null ? -1 : explorer.search.exact(text);
    if (node >= 0 && node !== explorer.node) explorer.show(node);
  };
  asked();
  explorer.onShow = (node) => {
    const hash = `#${new URLSearchParams({ q: explorer.tree.labels[node] })}`;
    if (hash !== location.hash) history.pushState(null, "", hash);
  };
  window.addEventListener("popstate", asked);
  return explorer;
}).catch((error) => {
  mount.textContent = `The explorer could not be started: ${error.message}`;
  throw error;
});

themes.addEventListener("click", async () => {
  document.documentElement.dataset.theme = isDark() ? "light" : "dark";
  nameTheme();
  (await ready)?.redraw();
});
dark.addEventListener("change", async () => { nameTheme(); (await ready)?.redraw(); });
nameTheme();
