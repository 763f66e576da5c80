// The flyout of the settings. Its links bring the page of another state, and of that its view (`#flyout-view`);
// here the view becomes a modal dialog. Without JavaScript the same view is a part of the page.
"use strict";

(() => {
  const dialog = document.getElementById("flyout");
  if (!dialog) return;

  // What the view showed before: an endpoint's id, "" for a list, null while it was closed. It outlives the
  // page, because Back loads the page anew.
  const KEPT = "postern.flyout";
  const view = () => document.getElementById("flyout-view");
  const title = () => document.getElementById("flyout-title");
  const opener = () => document.getElementById("open-flyout");

  // The page around a modal dialog is inert, and so would be what is announced in it.
  const shell = ["announcements", "connection-lost"].map((id) => document.getElementById(id));
  const homes = shell.map((node) => node.parentNode);
  const moveShell = (home) => shell.forEach((node, i) => (home || homes[i]).append(node));

  const focusInside = (before) => {
    const chosen = view().querySelector("[data-focus]") || document.getElementById(`see-${before}`) || title();
    chosen.focus();
  };

  const show = (animated) => {
    const before = sessionStorage.getItem(KEPT);
    sessionStorage.setItem(KEPT, view().dataset.of || "");
    if (!dialog.matches(":modal")) {
      dialog.open = false;
      dialog.classList.toggle("arrives", animated);
      dialog.showModal();
      moveShell(dialog);
    }
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (target) target.scrollIntoView();
    focusInside(before);
  };

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id === "flyout-view") show(true);
  });

  // Escape, and the ✕; not a click outside, which is easily done by mistake.
  dialog.addEventListener("click", (event) => {
    const plain = !(event.ctrlKey || event.metaKey || event.shiftKey);
    if (!plain || !event.target.closest("[data-close]") || !dialog.matches(":modal")) return;
    event.preventDefault();
    dialog.close();
  });
  dialog.addEventListener("close", () => {
    sessionStorage.removeItem(KEPT);
    moveShell(null);
    view().replaceChildren();
    document.title = dialog.dataset.title;
    history.pushState({ htmx: true }, "", dialog.dataset.home);
    opener().focus();
  });

  if (title()) {
    show(false);
  } else if (sessionStorage.getItem(KEPT) !== null) {
    sessionStorage.removeItem(KEPT);
    // Back closed it. Who only comes by a link has not just left it.
    if (performance.getEntriesByType("navigation")[0]?.type !== "navigate") opener().focus();
  }
})();
