// "Find a dyad", copy buttons. Without this script the page shows everything all the same.
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const banner = document.querySelector(".banner");
  if (banner) document.documentElement.style.setProperty("--banner", banner.offsetHeight + "px");
  const contents = document.querySelector(".toc"); // below which "Find a dyad" stays
  document.documentElement.style.setProperty("--toc", contents.offsetHeight + "px");
  all(".js").forEach((element) => { element.hidden = false; });

  // Of very many marks, each is a piece of one path: those of the dyad are drawn once more.
  const markIn = (path, dyad, places) => {
    const pieces = path.getAttribute("d").split("M").slice(1), whose = path.dataset.dyads.split(" ");
    const own = pieces.filter((_, number) => whose[number] === dyad);
    if (!dyad || !own.length) return;
    const found = path.cloneNode();
    found.setAttribute("class", "pts-found");
    found.setAttribute("d", own.map((piece) => `M${piece}`).join(""));
    found.setAttribute("stroke-width", 9);
    found.setAttribute("stroke-opacity", 1);
    found.removeAttribute("data-dyads");
    path.after(found);
    places.figure.add(path.closest("figure"));
  };

  // A phone first shows what was found and whether to trust it; the rest unfolds by its heading, or by a link to it.
  if (matchMedia("(max-width: 30rem)").matches) all("details[data-folds]").forEach((folded) => { folded.open = false; });
  const reveal = (name) => {
    const target = name && document.getElementById(decodeURIComponent(name));
    if (!target) return;
    const own = target.querySelector(":scope > details.body");
    if (own) own.open = true;
    for (let at = target.closest("details"); at; at = at.parentElement.closest("details")) at.open = true;
    target.scrollIntoView();
  };
  all('a[href^="#"]').forEach((link) => link.addEventListener("click", () => reveal(link.hash.slice(1))));
  addEventListener("hashchange", () => reveal(location.hash.slice(1)));
  reveal(location.hash.slice(1));

  const find = document.getElementById("find");
  const show = () => {
    const dyad = find.value;
    document.body.classList.toggle("finding", dyad !== "");
    const places = { figure: new Set(), table: new Set() };
    all(".pts-found").forEach((path) => path.remove());
    all(".pts").forEach((path) => markIn(path, dyad, places));
    all("[data-dyad]").forEach((element) => {
      const on = dyad !== "" && element.dataset.dyad === dyad;
      element.classList.toggle("on", on);
      const place = on && !element.closest("details:not([data-folds])") && element.closest("figure, table");
      if (place) places[place.localName].add(place);
    });
    document.getElementById("found").textContent =
      dyad && `${dyad}: marked in ${places.figure.size} figures, ${places.table.size} tables. `;
    if (dyad) {
      const page = document.createElement("a");
      page.href = `pages/dyad-${encodeURIComponent(dyad)}.html`;
      page.textContent = "Its page";
      document.getElementById("found").append(page);
    }
  };
  find.addEventListener("change", show);
  document.addEventListener("rows", () => { if (find.value) show(); }); // a table shows other rows
  if (find.value) show(); // a reload keeps the choice

  // A finger, or a mouse that is not exact, names the nearest mark of a drawing: who it is, and its numbers.
  const NEAR = 24, named = document.createElement("output");
  named.className = "named";
  named.hidden = true;
  document.body.append(named);
  const middle = (mark) => {
    const box = mark.getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2];
  };
  document.addEventListener("click", (event) => {
    const drawing = event.target.closest("svg.fig");
    const marks = drawing ? all(".pt", drawing).map((mark) => {
      const [x, y] = middle(mark);
      return [Math.hypot(x - event.clientX, y - event.clientY), mark, x, y];
    }) : [];
    const [far, mark, x, y] = marks.reduce((a, b) => (b[0] < a[0] ? b : a), [Infinity]);
    named.hidden = far > NEAR;
    if (named.hidden) return;
    named.textContent = mark.querySelector("title").textContent;
    named.style.left = `${Math.max(8, Math.min(x + scrollX - 20, scrollX + innerWidth - named.offsetWidth - 8))}px`;
    named.style.top = `${y + scrollY + 14}px`;
  });

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
