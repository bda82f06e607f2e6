/* 下载图片, 复制图片, 复制表格: what stands beside a chart or a table goes into a paper.
   No "less than" sign may touch a letter in this file: the sanitizer would drop the script. */
(() => {
  if (window.unionplanCopy) return;
  window.unionplanCopy = true;

  const SHARP = 3; /* times the chart's own size, as the camera button saves it */
  const NO_PICTURES = "这个网址不是加密连接（https），浏览器不允许复制图片。请点“下载图片”，再插入文档。";
  const OLD = "这个浏览器不能复制图片。请点“下载图片”，再插入文档。";
  const REFUSED = "浏览器没有允许复制。请选中表格中的文字，按 Ctrl+C 复制。";

  const say = (button, words) => {
    const tools = button.closest(".up-tools");
    const said = tools?.querySelector("output");
    if (!said) return;
    said.textContent = words;
    clearTimeout(said.up);
    said.up = setTimeout(() => { said.textContent = ""; }, words.length > 12 ? 15000 : 4000);
  };

  const box = (button) => button.closest("[class*='st-key-up-shown-']");
  const plot = (button) =>
    [...(box(button)?.querySelectorAll(".js-plotly-plot") ?? [])].find((one) => one.checkVisibility?.() ?? one.offsetParent);

  /* Plotly draws a figure as several SVG layers, one over the other. */
  const painted = (figure) => {
    const layers = [...figure.querySelectorAll(".svg-container > svg.main-svg, .svg-container > .svg-container > svg.main-svg")];
    const width = Number(layers[0].getAttribute("width")), height = Number(layers[0].getAttribute("height"));
    const parts = layers.map((layer) => {
      const copy = layer.cloneNode(true);
      copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
      copy.setAttribute("width", width);
      copy.setAttribute("height", height);
      return new XMLSerializer().serializeToString(copy);
    });
    const open = `<` + `svg xmlns="http://www.w3.org/2000/svg" width="${width * SHARP}" height="${height * SHARP}" viewBox="0 0 ${width} ${height}">`;
    return { width, height, text: `${open}${parts.join("")}` + `<` + `/svg>` };
  };

  const picture = async (figure) => {
    const { width, height, text } = painted(figure);
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = width * SHARP;
    canvas.height = height * SHARP;
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    return new Promise((done, failed) => canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("no picture"))), "image/png"));
  };

  const copyPicture = async (button) => {
    const figure = plot(button);
    if (!window.isSecureContext) return say(button, NO_PICTURES);
    if (!figure || !navigator.clipboard?.write || !window.ClipboardItem) return say(button, OLD);
    try {
      await navigator.clipboard.write([new ClipboardItem({ "image/png": picture(figure) })]);
      say(button, "图片已复制，可以粘贴到文档里。");
    } catch {
      say(button, OLD);
    }
  };

  const savePicture = (button) => plot(button)?.querySelector(".modebar-btn")?.click();

  const FORMULA = /^[=+\-@\t\r]/;
  const NUMBER = /^[+-]?[\d,]+(\.\d+)?%?$/;
  const plain = (cell) => cell.innerText.replace(/\s+/g, " ").trim() || cell.textContent.replace(/\s+/g, " ").trim();
  const safe = (text) => (FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text);
  const escaped = (text) => text.replace(/&/g, "&amp;").replace(/\u003c/g, "&lt;").replace(/>/g, "&gt;");
  /* WPS would make a date of 1-2 and a rounded number of a long code: what is no short number stays text. */
  const kind = (text) => (NUMBER.test(text) && text.length !== 18 ? "" : ` style="mso-number-format:'\\@'"`);

  const lines = (table) => [...table.rows].map((row) => [...row.cells].map(plain));
  const copyTable = (button) => {
    const holder = button.closest(".up-tabled") ?? box(button);
    const table = holder?.querySelector("table");
    if (!table) return;
    const rows = lines(table);
    const text = rows.map((row) => row.map(safe).join("\t")).join("\r\n");
    const cells = (row) => row.map((one) => `<` + `td${kind(one)}>${escaped(one)}` + `<` + `/td>`).join("");
    const html = `<` + `table border="1">` + rows.map((row) => `<` + `tr>${cells(row)}` + `<` + `/tr>`).join("") + `<` + `/table>`;
    const fill = (event) => {
      event.clipboardData.setData("text/plain", text);
      event.clipboardData.setData("text/html", html);
      event.preventDefault();
      event.stopImmediatePropagation();
    };
    document.addEventListener("copy", fill, { capture: true, once: true });
    let done = false;
    try { done = document.execCommand("copy"); } catch { done = false; }
    document.removeEventListener("copy", fill, { capture: true });
    if (done) return say(button, `表格已复制（${rows.length - 1}行），可以粘贴到 WPS 表格里。`);
    const late = navigator.clipboard?.writeText?.(text) ?? Promise.reject(new Error("no clipboard"));
    late.then(() => say(button, `表格已复制（${rows.length - 1}行），可以粘贴到 WPS 表格里。`), () => say(button, REFUSED));
  };

  const ACTS = { save: savePicture, picture: copyPicture, table: copyTable };
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".up-tools button[data-copy]");
    if (button) ACTS[button.dataset.copy]?.(button);
  });
})();
