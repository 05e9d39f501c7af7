(() => {
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  tip.setAttribute("aria-hidden", "true");
  document.body.append(tip);
  const show = (point) => {
    tip.textContent = point.getAttribute("aria-label");
    tip.hidden = false;
    const box = point.getBoundingClientRect();
    const left = Math.min(Math.max(8, box.left + box.width / 2 - tip.offsetWidth / 2), document.documentElement.clientWidth - tip.offsetWidth - 8);
    tip.style.left = `${left + scrollX}px`;
    tip.style.top = `${box.bottom + scrollY + 6}px`;
  };
  const hide = () => { tip.hidden = true; };
  for (const title of document.querySelectorAll("svg .pt > title")) title.remove();
  for (const drawing of document.querySelectorAll("svg.svg")) {
    const points = [...drawing.querySelectorAll(".pt")];
    drawing.addEventListener("pointerover", (event) => { const point = event.target.closest(".pt"); point ? show(point) : hide(); });
    drawing.addEventListener("pointerleave", hide);
    drawing.addEventListener("focusin", (event) => { const point = event.target.closest(".pt"); if (point) show(point); });
    drawing.addEventListener("focusout", hide);
    drawing.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (event.key === "Escape") { drawing.focus(); hide(); }
      if (!step || !points.length) return;
      event.preventDefault();
      const at = points.indexOf(document.activeElement);
      points[at < 0 ? (step > 0 ? 0 : points.length - 1) : (at + step + points.length) % points.length].focus();
    });
  }
  const role = (name, nodes) => { for (const node of nodes) node.setAttribute("role", name); };
  for (const table of document.querySelectorAll("table")) {
    const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
    if (heads.length < 4) continue;
    table.classList.add("stack");
    role("table", [table]); role("row", table.rows); role("columnheader", table.tHead.rows[0].cells);
    for (const row of table.tBodies[0].rows) {
      role("rowheader", row.querySelectorAll("th")); role("cell", row.querySelectorAll("td"));
      [...row.cells].forEach((cell, i) => { cell.dataset.head = heads[i]; });
    }
    role("rowgroup", [table.tHead, ...table.tBodies]);
  }
  const quoted = (cell) => `"${cell.textContent.trim().replaceAll('"', '""')}"`;
  for (const box of document.querySelectorAll(".scroll:has(table)")) {
    const table = box.querySelector("table");
    const name = table.caption.textContent.trim();
    const link = Object.assign(document.createElement("a"), { className: "csv", textContent: "CSV", href: "data:text/csv," });
    link.download = `${name.toLowerCase().replace(/[^a-z0-9]+/g, "-").slice(0, 60)}.csv`;
    link.setAttribute("aria-label", `CSV: ${name}`);
    link.addEventListener("click", () => {
      const lines = [...table.rows].map((row) => [...row.cells].map(quoted).join(","));
      link.href = `data:text/csv;charset=utf-8,${encodeURIComponent(lines.join("\r\n"))}`;
    });
    box.after(link);
  }
  let closed = [];
  addEventListener("beforeprint", () => { closed = [...document.querySelectorAll("details:not([open])")]; closed.forEach((one) => { one.open = true; }); });
  addEventListener("afterprint", () => closed.forEach((one) => { one.open = false; }));
})();
