// Saving a figure: its key and all its panels as one drawing, on white paper, as SVG or as a picture.
(() => {
  const SVG = "http://www.w3.org/2000/svg", XLINK = "http://www.w3.org/1999/xlink";
  const WIDTH = 1080, GAP = 24, LINE = 22, LETTERS = 13, INK = "#1f2631";
  const MOST_PIXELS = 16e6, SHARPNESS = 3; // some browsers draw no larger picture

  const element = (name, attributes, ...children) => {
    const made = document.createElementNS(SVG, name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    made.append(...children);
    return made;
  };

  const key = (figure, fonts) => {
    const brush = document.createElement("canvas").getContext("2d"), items = [];
    brush.font = `${LETTERS}px ${fonts}`;
    let x = 0, y = 0, wide = 0;
    figure.querySelectorAll(".key li").forEach((item) => {
      const sign = item.querySelector(".sign"), says = item.lastChild.textContent;
      const width = LINE + brush.measureText(says).width + GAP;
      if (x && x + width > WIDTH) { x = 0; y += LINE; }
      items.push(
        element("text", { x, y: y + LETTERS, "font-size": LETTERS, fill: sign.dataset.colour }, sign.textContent),
        element("text", { x: x + LINE, y: y + LETTERS, "font-size": LETTERS, fill: INK }, says),
      );
      x += width;
      wide = Math.max(wide, x - GAP);
    });
    return [items, items.length ? y + LINE + GAP / 2 : 0, wide];
  };

  const panel = (svg, x, y) => {
    const copy = element("g", { transform: `translate(${x} ${y})` }, ...[...svg.childNodes].map((one) => one.cloneNode(true)));
    copy.prepend(element("title", {}, svg.getAttribute("aria-label")));
    copy.querySelectorAll("[href]").forEach((one) => { // which older programs know by its older name
      one.setAttributeNS(XLINK, "xlink:href", one.getAttribute("href"));
      one.removeAttribute("href");
    });
    return copy;
  };

  // Panels go side by side as far as they fit, each line as high as its highest.
  const drawing = (figure) => {
    const panels = [...figure.querySelectorAll("svg.fig")], fonts = panels[0].getAttribute("font-family");
    const [items, top, least] = key(figure, fonts), content = element("g", { transform: `translate(${GAP} ${GAP})` }, ...items);
    let x = 0, y = top, high = 0, wide = least;
    panels.forEach((svg) => {
      const { width, height } = svg.viewBox.baseVal;
      if (x && x + width > WIDTH) { x = 0; y += high + GAP; high = 0; }
      content.append(panel(svg, x, y));
      x += width + GAP;
      wide = Math.max(wide, x - GAP);
      high = Math.max(high, height);
    });
    const width = Math.ceil(wide + 2 * GAP), height = Math.ceil(y + high + 2 * GAP);
    const about = [["title", ".figtitle"], ["desc", ".caption"]].map(([name, from]) =>
      element(name, {}, figure.querySelector(from).textContent));
    const size = { width, height, viewBox: `0 0 ${width} ${height}`, "font-family": fonts };
    return { width, height, text: new XMLSerializer().serializeToString(
      element("svg", size, ...about, element("rect", { width, height, fill: "#ffffff" }), content)) };
  };

  const save = (blob, name) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };

  const asSvg = (figure) => save(new Blob([drawing(figure).text], { type: "image/svg+xml" }), `${figure.id}.svg`);

  const asPng = async (figure) => {
    const { width, height, text } = drawing(figure), picture = new Image();
    picture.src = `data:image/svg+xml,${encodeURIComponent(text)}`;
    await picture.decode();
    const scale = Math.min(SHARPNESS, Math.sqrt(MOST_PIXELS / (width * height)));
    const canvas = document.createElement("canvas");
    canvas.width = Math.floor(scale * width);
    canvas.height = Math.floor(scale * height);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => save(blob, `${figure.id}.png`));
  };

  document.querySelectorAll("figure .tools").forEach((tools) => {
    const figure = tools.closest("figure");
    [["SVG", asSvg], ["PNG", asPng]].forEach(([format, action]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = `Save as ${format}`;
      button.setAttribute("aria-label", `Save as ${format}: ${figure.querySelector("b").textContent}`);
      button.addEventListener("click", () => action(figure));
      tools.append(button);
    });
  });
})();
