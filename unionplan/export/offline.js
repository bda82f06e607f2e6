"use strict";
// Keys turn the pages; what is printed has its tables open.
const pages = [...document.querySelectorAll("main section")];
const links = [...document.querySelectorAll("nav a")];
const tables = [...document.querySelectorAll("details")];
let current = -1;

function mark(place) {
  current = place;
  links.forEach((link, number) => number === place ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current"));
}

function turn(place) {
  if (place < 0) { mark(-1); window.scrollTo({ top: 0 }); return; }
  mark(Math.min(place, pages.length - 1));
  pages[current].scrollIntoView();
  pages[current].focus({ preventScroll: true });
}

const KEYS = {
  ArrowRight: () => turn(current + 1), PageDown: () => turn(current + 1),
  ArrowLeft: () => turn(current - 1), PageUp: () => turn(current - 1),
  Home: () => turn(-1), End: () => turn(pages.length - 1),
  t: () => { const open = tables.every((one) => one.open); tables.forEach((one) => { one.open = !open; }); },
  p: () => window.print(),
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (act) { event.preventDefault(); act(); }
});
links.forEach((link, number) => link.addEventListener("click", (event) => { event.preventDefault(); turn(number); }));
const room = () => {
  const head = document.querySelector("header");
  const sticky = getComputedStyle(head).position === "sticky";
  document.documentElement.style.scrollPaddingTop = `${sticky ? head.offsetHeight + 12 : 0}px`;
};
room();
window.addEventListener("resize", room);
window.addEventListener("beforeprint", () => tables.forEach((one) => { one.open = true; }));
