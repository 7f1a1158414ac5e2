// Sortable tables, "Find a dyad", copy buttons. Without this script the page shows everything all the same.
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const banner = document.querySelector(".banner");
  if (banner) document.documentElement.style.setProperty("--banner", banner.offsetHeight + "px");
  all(".js").forEach((element) => { element.hidden = false; });

  const value = (row, column) => {
    const cell = row.cells[column];
    return cell.classList.contains("num") ? parseFloat(cell.dataset.v) : cell.textContent;
  };
  const missing = (x) => Number.isNaN(x) || x === "n/a";
  const compare = (a, b) => typeof a === "number" ? a - b : a.localeCompare(b, "en", { numeric: true });
  const sort = (head, column) => {
    const down = head.getAttribute("aria-sort") === "ascending";
    all("th", head.parentNode).forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const body = head.closest("table").tBodies[0];
    [...body.rows].sort((r, s) => {
      const a = value(r, column), b = value(s, column);
      if (missing(a) || missing(b)) return missing(a) - missing(b); // n/a last, whichever way
      return down ? compare(b, a) : compare(a, b);
    }).forEach((row) => body.append(row));
  };
  all("table.data").forEach((table) => {
    if (table.tBodies[0].rows.length < 2) return;
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      button.addEventListener("click", () => sort(head, column));
      head.replaceChildren(button);
    });
  });

  const find = document.getElementById("find");
  const show = () => {
    const dyad = find.value;
    document.body.classList.toggle("finding", dyad !== "");
    const places = { figure: new Set(), table: new Set() };
    all("[data-dyad]").forEach((element) => {
      const on = dyad !== "" && element.dataset.dyad === dyad;
      element.classList.toggle("on", on);
      const place = on && !element.closest("details") && element.closest("figure, table");
      if (place) places[place.localName].add(place);
    });
    document.getElementById("found").textContent =
      dyad && `${dyad}: marked in ${places.figure.size} figures, ${places.table.size} tables`;
  };
  find.addEventListener("change", show);
  if (find.value) show(); // a reload keeps the choice

  // On paper all is unfolded, by the stylesheet where a browser can.
  if (!CSS.supports("selector(::details-content)")) {
    let unfolded = [];
    addEventListener("beforeprint", () => {
      unfolded = all("details:not([open])");
      unfolded.forEach((folded) => { folded.open = true; });
    });
    addEventListener("afterprint", () => unfolded.forEach((folded) => { folded.open = false; }));
  }

  all("[data-copy]").forEach((button) => button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy), before = button.textContent;
    try {
      await navigator.clipboard.writeText(source.innerText);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(source);
      button.textContent = "Selected: press Ctrl or Cmd and C";
    }
    setTimeout(() => { button.textContent = before; }, 2500);
  }));
})();
