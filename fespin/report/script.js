"use strict";
(() => {
  const G = JSON.parse(document.getElementById("matrix-data").textContent);
  const at = (id) => document.getElementById(`matrix-${id}`);
  const size = G.components.length;

  // what is chosen: [label, index] of rows or columns
  function chosen(terminals, parts) {
    const out = [];
    G.terminals.forEach((terminal, t) => {
      if (at(terminals).value !== "" && Number(at(terminals).value) !== t) return;
      G.components.forEach((component, c) => {
        if (at(parts).value.includes(component)) out.push([`${terminal}:${component}`, size * t + c]);
      });
    });
    return out;
  }

  function block() {
    const factor = G.units[at("unit").value] * (at("sign").value === G.convention ? 1 : -1);
    const rows = chosen("rows", "row-parts"), columns = chosen("columns", "column-parts");
    const values = rows.map(([, i]) => columns.map(([, j]) => G.values[i][j] * factor + 0));
    return { rows, columns, values, scale: Math.abs(factor) };
  }

  const whole = Math.max(...G.values.flat().map(Math.abs)) || 1;

  function cell(value, top) {
    const td = document.createElement("td");
    td.className = "n";
    if (Math.abs(value) <= G.noise * top) {
      td.textContent = "0";
      return td;
    }
    const shade = Math.min(Math.max(Math.ceil(5 * (1 + Math.log10(Math.abs(value) / top) / 4)), 1), 5);
    td.classList.add((value > 0 ? "p" : "n") + shade);
    td.textContent = String(Number(value.toPrecision(4)));
    return td;
  }

  function heading(words, scope, kind) {
    const th = document.createElement("th");
    th.textContent = words;
    th.scope = scope;
    if (kind) th.className = kind;
    return th;
  }

  function draw() {
    const { rows, columns, values, scale } = block();
    const head = document.createElement("tr");
    head.append(heading(`G in ${at("unit").value}`, "col"), ...columns.map(([name]) => heading(name, "col", "n")));
    at("table").tHead.replaceChildren(head);
    at("table").tBodies[0].replaceChildren(...rows.map(([name], k) => {
      const line = document.createElement("tr");
      line.append(heading(name, "row"), ...values[k].map((value) => cell(value, whole * scale)));
      return line;
    }));
    at("status").textContent = "";
  }

  const quoted = (words) => (/[",\r\n]/.test(words) ? `"${words.replaceAll('"', '""')}"` : words);

  function csv() {
    const { rows, columns, values } = block();
    const corner = `G in ${at("unit").value}; rows: currents ${at("sign").value === "out" ? "out of" : "into"} the device`;
    const lines = [[corner, ...columns.map(([name]) => name)], ...rows.map(([name], k) => [name, ...values[k].map(String)])];
    return lines.map((line) => line.map(quoted).join(",")).join("\r\n") + "\r\n";
  }

  // browsers that keep the clipboard from pages on disk still let a selection be copied
  function copySelected(words) {
    const area = document.createElement("textarea");
    area.value = words;
    area.readOnly = true;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }

  async function copy() {
    const words = csv();
    let done = false;
    try {
      await navigator.clipboard.writeText(words);
      done = true;
    } catch {
      done = copySelected(words);
    }
    at("status").textContent = done
      ? `Copied ${words.trim().split("\r\n").length - 1} rows as CSV.`
      : "This browser does not let the page copy; select the table and copy it by hand.";
    at("copy").focus();
  }

  for (const id of ["rows", "row-parts", "columns", "column-parts", "unit", "sign"]) at(id).addEventListener("change", draw);
  at("copy").addEventListener("click", copy);
  draw(); // browsers keep choices over a reload
  at("controls").hidden = false;
})();
