// What the theme leaves without a name, or out of the keyboard's reach.
document.querySelector(".md-search")?.setAttribute("aria-label", "Search");
const reachable = () =>
  document.querySelectorAll(".md-typeset__scrollwrap, pre > code").forEach((box) => box.setAttribute("tabindex", "0"));
reachable();
addEventListener("load", () => setTimeout(reachable));
