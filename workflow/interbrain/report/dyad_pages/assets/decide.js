// What a person presses becomes rows of the study's table of decisions. Nothing leaves the page but that file.
(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const columns = ["dyad", "time", "participant", "what", "item", "decision", "by", "reason"];
  const form = document.getElementById("decide"), link = document.getElementById("rows");
  const shown = document.getElementById("shown"), count = document.getElementById("count");
  all(".js").forEach((element) => { element.hidden = false; });
  const cell = (text) => text.replace(/\s+/g, " ").trim();
  const refresh = () => {
    const pressed = all('.choice[aria-pressed="true"]');
    const by = cell(form.by.value), reason = cell(form.reason.value);
    const rows = pressed.map((button) => {
      const of = button.closest("ul").dataset;
      return [document.body.dataset.dyad, of.time, of.participant, of.what, button.dataset.item, button.dataset.instead, by, reason];
    });
    const kinds = new Set(rows.map((row) => row[3]));
    const lacking = [!by && "who decides", !reason && "why"].filter(Boolean).join(" and ");
    count.textContent = !rows.length ? "No decision changed."
      : `${rows.length} ${rows.length === 1 ? "decision" : "decisions"} changed${lacking ? `; say ${lacking}` : ""}.`
        + (kinds.has("channel") && kinds.has("component") ? " Components may have other names once the channels are changed." : "");
    const text = [columns, ...rows].map((row) => row.join("\t")).join("\n") + "\n";
    shown.textContent = rows.length ? text : "";
    const ready = rows.length && !lacking;
    link.setAttribute("aria-disabled", String(!ready));
    if (ready) {
      link.href = `data:text/tab-separated-values;charset=utf-8,${encodeURIComponent(text)}`;
      link.download = `decisions-${document.body.dataset.dyad}.tsv`;
    } else link.removeAttribute("href");
  };
  all(".choice").forEach((button) => button.addEventListener("click", () => {
    const pressed = button.getAttribute("aria-pressed") !== "true", said = button.querySelector("small");
    button.setAttribute("aria-pressed", String(pressed));
    said.dataset.was ??= said.textContent;
    said.textContent = pressed ? button.dataset.instead : said.dataset.was;
    refresh();
  }));
  form.addEventListener("input", refresh);
  form.addEventListener("submit", (event) => event.preventDefault());
  refresh();
})();
