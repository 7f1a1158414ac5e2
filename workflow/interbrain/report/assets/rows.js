// Tables: sorting, and in long ones filters and pages, over all rows. A table that is too long for the page has
// its first rows written out, and all of them packed in data-rows; they are unpacked once somebody asks for them.
(() => {
  const PAGE = 100, WORTH_A_FILTER = 30;
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const make = (name, properties, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };
  const find = document.getElementById("find");
  const factors = JSON.parse(find.dataset.factors), levels = new Map();
  [...find.options].forEach((option) => {
    if (option.dataset.levels) levels.set(option.value, JSON.parse(option.dataset.levels));
  });
  const collator = new Intl.Collator("en", { numeric: true });
  const count = (n) => n.toLocaleString("en");

  // --- Rows, of the page or packed: texts, what to sort by, whose they are, and their element ---

  const written = (row, at) => {
    const cells = [...row.cells];
    return {
      at, text: cells.map((cell) => cell.textContent), dyad: row.dataset.dyad || "",
      sort: cells.map((cell) => cell.classList.contains("num") ? parseFloat(cell.dataset.v) : cell.textContent),
      rank: Number(row.dataset.rank), element: () => row,
    };
  };

  const unpack = async (table) => {
    const bytes = Uint8Array.from(atob(table.dataset.rows), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const { text, order, href, dyad, state, name, rank } = JSON.parse(await new Response(stream).text());
    const heads = [...table.tHead.rows[0].cells].map((head) => head.dataset.heading);
    const first = table.tBodies[0].rows[0], kinds = [...first.cells].map((cell) => cell.className.replace(/\bna\b/, "").trim());
    const labelled = first.cells[0].hasAttribute("data-label");
    const element = (at) => {
      const row = make("tr", { className: state?.[at] || "" });
      if (dyad?.[at]) row.dataset.dyad = dyad[at];
      text.forEach((column, place) => {
        const said = column[at], cell = make("td", { className: `${kinds[place]} ${said === "n/a" ? "na" : ""}`.trim() });
        if (labelled) cell.dataset.label = heads[place];
        if (href[place]?.[at]) {
          const words = make("span", { className: "hidden" }, ` the page of ${name[at]}`);
          cell.append(make("a", { href: href[place][at] }, said, words));
        } else cell.append(said);
        row.append(cell);
      });
      return row;
    };
    return text[0].map((_, at) => ({
      at, text: text.map((column) => column[at]), dyad: dyad?.[at] || "", rank: rank?.[at],
      sort: text.map((column, place) => place in order ? order[place][at] ?? NaN : column[at]),
      element: () => element(at),
    }));
  };

  // --- One table ---

  const missing = (x) => Number.isNaN(x) || x === "n/a";
  const compare = (a, b) => typeof a === "number" ? a - b : collator.compare(a, b);

  const control = (table) => {
    const body = table.tBodies[0], heads = [...table.tHead.rows[0].cells], packed = "rows" in table.dataset;
    const n = body.rows.length;
    if (n < 2) return;
    const box = table.closest(".scroll"), told = box.nextElementSibling?.matches(".rows") ? box.nextElementSibling : null;
    if (told && !packed) return; // only its first rows are in the page: neither their order nor a choice is of all
    if (packed && typeof DecompressionStream === "undefined") return;
    const view = { column: -1, down: false, worst: false, text: "", levels: factors.map(() => ""), first: 0 };
    let rows = null;
    const known = async () => (rows ??= packed ? await unpack(table) : [...body.rows].map(written));

    const fits = (row) => {
      const own = levels.get(row.dyad), dyad = packed ? find.value : "";
      return (!dyad || row.dyad === dyad)
        && view.levels.every((level, number) => !level || (own ? own[number] === level : level === "\u0000"))
        && (!view.text || row.text.some((text) => text.toLowerCase().includes(view.text)));
    };
    const ordered = (some) => {
      if (view.worst) return some.sort((r, s) => r.rank - s.rank);
      if (view.column < 0) return some;
      return some.sort((r, s) => {
        const a = r.sort[view.column], b = s.sort[view.column];
        if (missing(a) || missing(b)) return missing(a) - missing(b) || r.at - s.at; // n/a last, whichever way
        return (view.down ? compare(b, a) : compare(a, b)) || r.at - s.at;
      });
    };
    const status = told || make("p", { className: "rows" });
    status.setAttribute("role", "status");
    const step = (by, words) => make("button", { type: "button", onclick: () => show(view.first + by) }, words);
    const before = step(-PAGE, "Previous rows"), after = step(PAGE, "Next rows");
    before.disabled = true;

    const show = async (first = 0) => {
      const own = ordered((await known()).filter(fits));
      view.first = packed ? Math.max(0, Math.min(first, PAGE * Math.floor((own.length - 1) / PAGE))) : 0;
      const shown = packed ? own.slice(view.first, view.first + PAGE) : own;
      const none = make("td", { className: "na", colSpan: heads.length }, "No row matches.");
      body.replaceChildren(...(shown.length ? shown.map((row) => row.element()) : [make("tr", {}, none)]));
      const chosen = own.length < rows.length ? ` that match, of ${count(rows.length)} in all` : "";
      const range = shown.length ? `Rows ${count(view.first + 1)} to ${count(view.first + shown.length)} of ` : "";
      status.textContent = `${range}${count(own.length)}${range ? "" : " rows"}${chosen}.`;
      before.disabled = view.first === 0;
      after.disabled = view.first + PAGE >= own.length;
      if (packed) box.scrollTop = 0;
      document.dispatchEvent(new Event("rows"));
    };

    const worst = make("button", { type: "button", onclick: () => {
      view.worst = !view.worst;
      mark(-1);
      show();
    } }, "Worst first");
    const mark = (column) => {
      if (column >= 0) view.worst = false;
      worst.setAttribute("aria-pressed", view.worst);
      heads.forEach((head) => head.removeAttribute("aria-sort"));
      if (column >= 0) heads[column].setAttribute("aria-sort", view.down ? "descending" : "ascending");
      view.column = column;
    };
    heads.forEach((head, column) => {
      head.dataset.heading = head.textContent;
      const sort = () => {
        view.down = view.column === column && !view.down;
        mark(column);
        show();
      };
      head.replaceChildren(make("button", { type: "button", onclick: sort }, head.textContent));
    });
    // A phone shows such a table without its headings, which sort: there a list of them does.
    const phone = table.classList.contains("stacks") ? make("div", { className: "order" }) : null;
    if (phone) {
      const by = make("select", { onchange: () => { view.down = false; mark(Number(by.value)); show(); } },
        make("option", { value: -1 }, "as written"),
        ...heads.map((head, column) => make("option", { value: column }, head.dataset.heading)));
      const turn = make("button", { type: "button", onclick: () => {
        view.down = !view.down;
        mark(view.column);
        show();
      } }, "Reverse");
      phone.append(make("label", {}, "Sort by ", by), turn);
      phone.setAttribute("role", "group");
      phone.setAttribute("aria-label", `Order of ${table.caption.textContent}`);
      box.before(phone);
    }
    if (packed) find.addEventListener("change", () => show());
    if (packed && find.value) show();
    if (n < WORTH_A_FILTER) return;

    // --- What stands above it ---
    const caption = table.caption.textContent, tools = make("div", { className: "filters", role: "search" });
    tools.setAttribute("aria-label", `Rows of ${caption}`);
    let waiting = 0;
    const search = make("input", { type: "search", oninput: () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => { view.text = search.value.trim().toLowerCase(); show(); }, packed ? 150 : 0);
    } });
    tools.append(make("label", {}, "Rows with ", search));
    if (body.querySelector("[data-dyad]")) {
      factors.forEach((factor, number) => {
        const present = [...new Set([...levels.values()].map((own) => own[number]))];
        const outside = [...find.options].some((option) => option.value && !levels.has(option.value));
        const select = make("select", { onchange: () => { view.levels[number] = select.value; show(); } },
          make("option", { value: "" }, "all"), ...present.map((level) => make("option", {}, level)),
          ...(outside ? [make("option", { value: "\u0000" }, "not in the analysis")] : []));
        tools.append(make("label", {}, `${factor} `, select));
      });
    }
    if ("ranked" in table.dataset) {
      worst.setAttribute("aria-pressed", "false");
      tools.append(worst);
    }
    (phone ?? box).before(tools);
    if (!told) box.after(status);
    if (packed) {
      status.after(make("div", { className: "turn" }, before, after));
      after.disabled = false;
    } else status.textContent = `Rows 1 to ${count(n)} of ${count(n)}.`;
  };
  all("table.data").forEach(control);
})();
