/* Runs once per browser tab; Streamlit's own words become Chinese, whoever draws them.
   No "less than" sign may touch a letter in this file: the sanitizer would drop the script. */
(() => {
  document.documentElement.lang = "zh-CN";
  if (window.unionplanShell) return;
  window.unionplanShell = true;

  const WORDS = new Map(Object.entries({
    "Upload": "选择文件",
    "Upload directories": "选择文件夹",
    "Add files": "继续添加文件",
    "Drag and drop a file here": "把文件拖到这里",
    "Drag and drop files here": "把文件拖到这里",
    "Drag and drop directories here": "把文件夹拖到这里",
    "Only one file is allowed.": "这里一次只收一个文件。",
    "File size is too small.": "文件是空的。",
    "Unexpected error. Please try again.": "上传没有成功，请再试一次。",
    "Upload failed": "上传没有成功",
    "Click to retry upload": "点击重新上传",
    "Network Error": "网络中断，上传没有成功。",
    "Error: ": "未收下：",
    "No results": "没有匹配的选项",
    "No options to select": "没有可选的选项",
    "Choose an option": "请选择",
    "Choose options": "请选择",
    "Choose or add an option": "请选择或输入",
    "Choose or add options": "请选择或输入",
    "Add an option": "请输入",
    "Add options": "请输入",
    "Select...": "请选择",
    "Select all": "全选",
    "Clear all": "全部清除",
    "Clear value": "清除",
    "Clear date": "清除日期",
    "Clear dates": "清除日期",
    "Choose date": "选择日期",
    "Choose date range": "选择日期范围",
    "Selected values": "已选",
    "Previous month": "上个月",
    "Next month": "下个月",
    "Use arrow keys to navigate dates. Enter to select. Escape to close.": "用方向键选日期，回车键确认，退出键关闭。",
    "file upload": "上传文件",
    "add icon": "继续添加文件",
    "Show/hide columns": "显示或隐藏列",
    "Download as CSV": "下载表格",
    "Search": "搜索",
    "Show suggestions": "展开选项",
    "Suggestions": "选项",
    "Selectbox": "选项",
    "Selectbox options": "选项",
    "Multiselect": "选项",
    "Multiselect options": "选项",
    "Open": "展开",
    "Expander": "展开",
    "Press Enter to apply": "按回车键确认",
    "Press Enter to submit form": "按回车键提交",
    "Press Ctrl+Enter to apply": "按 Ctrl+回车键确认",
    "Press Ctrl+Enter to submit form": "按 Ctrl+回车键提交",
    "Press ⌘+Enter to apply": "按 ⌘+回车键确认",
    "Press ⌘+Enter to submit form": "按 ⌘+回车键提交",
    "Invalid input.": "输入有误。",
    "Show password": "显示密码",
    "Hide password": "隐藏密码",
    "Show password text": "显示密码",
    "Hide password text": "隐藏密码",
    "Increment": "增加",
    "Decrement": "减少",
    "Number is above the allowed range.": "数字超出允许的范围。",
    "Number is below the allowed range.": "数字低于允许的范围。",
    "Copy to clipboard": "复制",
    "Copied": "已复制",
    "Copy": "复制",
    "Fullscreen": "放大查看",
    "Close fullscreen": "退出放大",
    "Skip to main content": "跳到正文",
    "Sidebar": "菜单栏",
    "Expand sidebar": "打开菜单",
    "Collapse sidebar": "收起菜单",
    "Main menu": "主菜单",
    "Notifications": "通知",
    "Toolbar action": "操作",
    "Close": "关闭",
    "Dismiss": "关闭",
    "Cancel": "取消",
    "Stop": "停止",
    "Retry": "重试",
    "Try again": "重试",
    "view more": "展开",
    "view less": "收起",
    "Running...": "正在计算",
    "Stopping...": "正在停止",
    "Connecting": "正在连接",
    "Connecting to Streamlit server": "正在连接看板服务",
    "Unable to connect to Streamlit server": "连不上看板服务",
    "Connection error": "看板服务已断开",
    "Connection timed out.": "连接超时。",
    "Connection lost. Please wait for the app to reconnect, then try again.": "连接中断，恢复后请再试一次。",
    "Is Streamlit still running? If you accidentally stopped Streamlit, just restart it in your terminal:":
      "看板程序可能已经关闭。请重新启动看板程序；恢复后本页会自动连上，已确认的数据不会丢失。",
    "Streamlit server is not responding. Are you connected to the internet?":
      "看板程序可能已经关闭，或者网络不通。请重新启动看板程序；恢复后本页会自动连上，已确认的数据不会丢失。",
    "Page not found": "没有这个页面",
    "The page that you have requested does not seem to exist. Running the app's main page.":
      "没有这个页面，已打开目标总览。",
    "Bad message format": "收到的数据不完整，请刷新页面",
    "Script execution error": "这一页出错了",
    "No message": "请刷新页面",
    "Network error": "网络中断",
  }));

  const PATTERNS = [
    [/^([\d.]+)([KMG]?B) per file$/, "每个文件不超过 $1 $2"],
    [/^File must be ([\d.]+)([KMG]?B) or smaller\.$/, "文件超过 $1 $2，请拆分后再传。"],
    [/^.* ?files are not allowed\.$/, "不收这种文件，请换成列出的格式。"],
    [/^Invalid file extension.*$/s, "不收这种文件，请换成列出的格式。"],
    [/^(AxiosError: )?Request failed with status( code)? 403.*$/s, "没有登录，或登录已过期，请重新登录。"],
    [/^(AxiosError: )?Request failed with status( code)? (\d+).*$/s, "上传没有成功（代码 $3），请再试一次。"],
    [/^Remove (.+)$/s, "移除 $1"],
    [/^Cancel upload of (.+)$/s, "取消上传 $1"],
    [/^Select (\d+) matches$/, "选中匹配的 $1 项"],
    [/^You can only select up to (\d+) options?\. Remove an option first\.$/, "最多选 $1 项，请先去掉一项。"],
    [/^You have requested page .*$/s, "没有这个页面，已打开目标总览。"],
    [/^Cannot connect to Streamlit .*$/s, "连不上看板服务，请联系信息员。"],
    [/^(Connection (timed out|failed|closed)|Cannot (send|rerun|stop)).*$/s, "连接中断，恢复后请再试一次。"],
    [/^Number is .* (less than or equal to|greater than or equal to|between) (.+)\.$/, "数字不在允许的范围内：$2。"],
    [/^Download plot.*$/, "下载图片"],
    [/^(\d+) options? available\.$/, "有 $1 个选项。"],
    [/^(.+), selected$/s, "$1，已选中"],
    [/^[a-z_]+ icon$/, "图标"],
    [/^Choose date, (.+)$/s, "选择日期，$1"],
    [/^Selected Date: (.+)$/s, (_, day) => `已选日期：${new Date(day).toLocaleDateString("zh-CN")}`],
    [/^year, (.+)$/s, "$1：年"],
    [/^month, (.+)$/s, "$1：月"],
    [/^day, (.+)$/s, "$1：日"],
    [/^(\d+(\.\d+)?)([KMG]?B)$/, "$1 $3"],
  ];
  const LATIN = /[A-Za-z]{2}|[KMG]B|\dB$/;
  const OURS = "[data-testid='stHtml'], svg, script, style, textarea, pre, [data-testid='stIconMaterial']";
  const ATTRIBUTES = ["title", "aria-label", "placeholder", "data-title"];

  const chinese = (text) => {
    if (!text || text.length > 400 || !LATIN.test(text)) return null;
    const known = WORDS.get(text) ?? WORDS.get(text.trim());
    if (known !== undefined) return known;
    const rule = PATTERNS.find(([pattern]) => pattern.test(text.trim()));
    if (!rule) return null;
    const said = text.trim().replace(rule[0], rule[1]);
    return said === text ? null : said;
  };

  const mendText = (node) => {
    const said = chinese(node.nodeValue);
    if (said !== null) node.nodeValue = said;
  };

  const mendAttributes = (element) => {
    for (const name of ATTRIBUTES) {
      const said = chinese(element.getAttribute(name));
      if (said !== null) element.setAttribute(name, said);
    }
  };

  const mendTree = (root) => {
    if (root.nodeType === Node.TEXT_NODE) {
      if (!root.parentElement?.closest(OURS)) mendText(root);
      return;
    }
    if (root.nodeType !== Node.ELEMENT_NODE || root.closest(OURS)) return;
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) =>
      node.nodeType === Node.ELEMENT_NODE && node.matches(OURS) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
    for (let node = root; node; node = walker.nextNode()) {
      if (node.nodeType === Node.TEXT_NODE) mendText(node);
      else mendAttributes(node);
    }
  };

  /* A page change takes the page's own style element away for a moment: keep a copy in the head. */
  const keepStyle = () => {
    const fresh = [...document.querySelectorAll("body style")].find((style) => style.textContent.includes("unionplan shell"));
    if (!fresh) return;
    let kept = document.getElementById("unionplan-style");
    if (!kept) {
      kept = document.createElement("style");
      kept.id = "unionplan-style";
      document.head.append(kept);
    }
    if (kept.textContent !== fresh.textContent) kept.textContent = fresh.textContent;
  };

  const markCurrent = () => {
    for (const link of document.querySelectorAll("[data-testid='stPageLink-NavLink']")) {
      if (link.closest(".st-key-up-current")) link.setAttribute("aria-current", "page");
      else if (link.hasAttribute("aria-current")) link.removeAttribute("aria-current");
    }
  };

  /* A figure wider than its room is shown smaller as a whole; its labels never move against each other.
     A transform, because plotly reckons with transforms when it asks what the pointer is over, and below the
     elements that Streamlit measures, because it would draw the figure smaller once more. */
  const PAPER = 690; /* px between the margins of an A4 page */
  const SMALLEST = 0.5;
  const fitCharts = (paper) => {
    for (const box of document.querySelectorAll("[class*='st-key-up-chart-']")) {
      const pan = box.closest("[class*='st-key-up-pan-']");
      const [, width, height] = (box.className.match(/st-key-up-chart-(\d+)x(\d+)-/) ?? []).map(Number);
      const free = paper ?? pan?.clientWidth;
      if (!width || !free) continue;
      const scale = Math.min(1, Math.max(paper ? 0 : SMALLEST, free / width));
      const said = scale.toFixed(4);
      if (box.dataset.fit === said) continue;
      box.dataset.fit = said;
      box.style.cssText = `--up-width: ${width}px; --up-height: ${height}px; --up-scale: ${scale === 1 ? "none" : `scale(${said})`};
        width: ${Math.floor(width * scale)}px; height: ${Math.ceil(height * scale)}px`;
    }
  };

  /* On a phone the menu lies over the page: a chosen page closes it. */
  document.addEventListener("click", (event) => {
    if (window.innerWidth > 768 || !event.target.closest?.(".st-key-up-menu a")) return;
    setTimeout(() => document.querySelector("[data-testid='stSidebarCollapseButton'] button")?.click(), 0);
  });

  let waiting = false;
  const later = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      keepStyle();
      markCurrent();
      fitCharts();
      watchRoom();
    });
  };

  const room = new ResizeObserver(later);
  let watched = null;
  const watchRoom = () => {
    const main = document.querySelector("[data-testid='stMainBlockContainer']");
    if (!main || main === watched) return;
    room.disconnect();
    room.observe(main);
    watched = main;
  };

  new MutationObserver((records) => {
    for (const record of records) {
      if (record.type === "childList") record.addedNodes.forEach(mendTree);
      else if (record.type === "characterData") mendTree(record.target);
      else if (!record.target.closest(OURS)) mendAttributes(record.target);
    }
    later();
  }).observe(document.body, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES,
  });
  window.addEventListener("beforeprint", () => fitCharts(PAPER));
  window.addEventListener("afterprint", later);
  mendTree(document.body);
  later();
})();
