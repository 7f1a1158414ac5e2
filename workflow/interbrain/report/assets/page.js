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
      const place = on && !element.closest("details") && element.closest("figure, table");
      if (place) places[place.localName].add(place);
    });
    document.getElementById("found").textContent =
      dyad && `${dyad}: marked in ${places.figure.size} figures, ${places.table.size} tables`;
  };
  find.addEventListener("change", show);
  document.addEventListener("rows", () => { if (find.value) show(); }); // a table shows other rows
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
