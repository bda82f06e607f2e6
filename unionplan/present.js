/* The screen of a meeting (?present=1): slides are already here, a key only chooses which one is seen.
   No "less than" sign may touch a letter in this file: the sanitizer would drop the script. */
(() => {
  if (window.unionplanPresent) return;
  window.unionplanPresent = true;

  const root = document.documentElement;
  const asked = () => new URLSearchParams(location.search).get("present") === "1";
  const kept = `unionplan-slide ${new URLSearchParams(location.search).get("show") ?? ""}`;
  const remembered = () => {
    try { return Number(sessionStorage.getItem(kept)) || 1; } catch { return 1; }
  };
  let at = remembered();
  let bar = null;
  let style = null;

  const total = () => {
    const end = document.querySelector(".up-deck-end") ?? document.querySelector(".up-deck-head");
    return Number(end?.dataset.total ?? 0);
  };

  /* A rule, not a class on the slide: the page may be drawn again at any time. */
  const show = () => {
    root.classList.toggle("up-presenting", asked());
    if (!asked()) return;
    style ??= document.head.appendChild(document.createElement("style"));
    const count = total();
    if (count) at = Math.min(Math.max(at, 1), count);
    const rule = `.up-slide[data-number="${at}"] { visibility: visible; }`;
    if (style.textContent !== rule) style.textContent = rule;
    const there = document.querySelector(`.up-slide[data-number="${at}"]`);
    const said = count ? `${at} / ${count}` : "";
    const words = there || !count ? said : `${said}　正在准备`;
    const counter = frame().querySelector("output");
    if (counter.textContent !== words) counter.textContent = words;
    const mark = document.querySelector(".up-deck-head")?.dataset.mark ?? "";
    if (frame().querySelector("b").textContent !== mark) frame().querySelector("b").textContent = mark;
  };

  const go = (to) => {
    at = Math.min(Math.max(to, 1), total() || 1);
    try { sessionStorage.setItem(kept, String(at)); } catch { /* nothing is kept then */ }
    show();
  };
  const leave = () => {
    const url = new URL(location.href);
    url.searchParams.delete("present");
    location.assign(url);
  };
  const whole = () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else root.requestFullscreen?.().catch(() => {});
  };

  const BUTTONS = [["上一张", () => go(at - 1)], ["下一张", () => go(at + 1)], ["全屏", whole], ["退出演示", leave]];
  const frame = () => {
    if (bar) return bar;
    bar = document.createElement("div");
    bar.className = "up-deck-bar";
    const nav = bar.appendChild(document.createElement("nav"));
    for (const [words, act] of BUTTONS) {
      const button = nav.appendChild(document.createElement("button"));
      button.type = "button";
      button.textContent = words;
      button.addEventListener("click", (event) => { event.stopPropagation(); button.blur(); act(); });
    }
    bar.append(document.createElement("output"), document.createElement("b"));
    document.body.append(bar);
    return bar;
  };

  const KEYS = {
    ArrowRight: () => go(at + 1), ArrowDown: () => go(at + 1), PageDown: () => go(at + 1), " ": () => go(at + 1),
    Enter: () => go(at + 1), ArrowLeft: () => go(at - 1), ArrowUp: () => go(at - 1), PageUp: () => go(at - 1),
    Backspace: () => go(at - 1), Home: () => go(1), End: () => go(total()), f: whole, F: whole, Escape: leave,
  };
  window.addEventListener("keydown", (event) => {
    if (!asked() || event.ctrlKey || event.metaKey || event.altKey) return;
    event.stopPropagation();
    const act = KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }, true);

  let pressed = null;
  document.addEventListener("pointerdown", (event) => { pressed = event; }, true);
  document.addEventListener("click", (event) => {
    if (!asked() || event.target.closest?.(".up-deck-bar nav") || !pressed) return;
    const moved = event.clientX - pressed.clientX;
    if (Math.abs(moved) > 40) return;
    go(at + (event.clientX > window.innerWidth / 3 ? 1 : -1));
  }, true);
  document.addEventListener("pointerup", (event) => {
    if (!asked() || !pressed || event.target.closest?.(".up-deck-bar nav")) return;
    const moved = event.clientX - pressed.clientX;
    if (Math.abs(moved) > 40) go(at + (moved > 0 ? -1 : 1));
  }, true);

  let hiding = 0;
  const wake = () => {
    if (!asked()) return;
    root.classList.add("up-awake");
    clearTimeout(hiding);
    hiding = setTimeout(() => root.classList.remove("up-awake"), 2500);
  };
  document.addEventListener("pointermove", wake, { passive: true });
  document.addEventListener("pointerdown", wake, { passive: true });

  root.classList.toggle("up-presenting", asked());
  new MutationObserver(() => { if (asked()) show(); }).observe(document.body, { subtree: true, childList: true });
  window.addEventListener("popstate", show);
  show();
})();
