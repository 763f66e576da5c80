// What pages gain with JavaScript: copy buttons, one submit per click, and polls that know when to rest.
"use strict";

(() => {
  // Times are shown in the reader's own zone from the next page on.
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone) {
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `postern_zone=${zone}; path=/; max-age=31536000; samesite=lax${secure}`;
  }

  const say = (text) => {
    const region = document.getElementById("announcements");
    region.textContent = "";
    region.textContent = text;
  };

  // Without a clipboard there are no copy buttons; the text beside them can be selected.
  if (navigator.clipboard) document.documentElement.classList.add("can-copy");
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-copy]");
    if (!button) return;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      return;
    }
    button.classList.add("copied");
    say(document.body.dataset.copied);
    setTimeout(() => button.classList.remove("copied"), 2000);
  });

  // One submit per click; the hidden key of the form guards the rest.
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (button && button.matches("[data-once]")) setTimeout(() => { button.disabled = true; });
  });
  // The answer to a form is no page to come back to; the draft brings what was typed, and no form is sent twice.
  if (document.querySelector("[data-drafted]")) history.replaceState(history.state, "", location.href);
  window.addEventListener("pageshow", () => {
    for (const button of document.querySelectorAll("[data-once][disabled]")) button.disabled = false;
  });

  // Polls rest while the tab is hidden, while the reader paused them, and longer after each failure.
  let paused = false;
  let failures = 0;
  let quietUntil = 0;
  const lost = document.getElementById("connection-lost");
  document.addEventListener("htmx:beforeRequest", (event) => {
    const polls = event.detail.elt.matches("[hx-trigger^='every']");
    if (polls && (document.hidden || paused || Date.now() < quietUntil)) event.preventDefault();
  });
  const failed = () => {
    failures += 1;
    quietUntil = Date.now() + Math.min(60, 2 ** failures) * 1000;
    lost.hidden = false;
  };
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:responseError", failed);
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!event.detail.successful) return;
    failures = 0;
    quietUntil = 0;
    lost.hidden = true;
  });

  // A Korean syllable is searched for once it is complete.
  document.addEventListener("input", (event) => { if (event.isComposing) event.stopImmediatePropagation(); }, true);
  document.addEventListener("compositionend", (event) => event.target.dispatchEvent(new Event("input", { bubbles: true })));

  // A list's address names only what was chosen.
  const lean = (form, chosen) => {
    if (!form.matches("[data-lean]")) return;
    for (const [name, value] of [...chosen.entries()]) {
      if (value === (form.elements[name]?.dataset.usual ?? "")) chosen.delete(name);
    }
  };
  document.addEventListener("formdata", (event) => lean(event.target, event.formData));
  document.addEventListener("htmx:configRequest", (event) => lean(event.detail.elt, event.detail.formData));

  // What was ticked stays ticked when rows are swapped.
  let ticked = new Set();
  const boxes = () => [...document.querySelectorAll("input[data-keep]")];
  const showAll = () => {
    for (const all of document.querySelectorAll("[data-pick-all]")) {
      const some = boxes();
      all.closest("label").hidden = some.length === 0;
      all.checked = some.length > 0 && some.every((box) => box.checked);
    }
  };
  document.addEventListener("htmx:beforeSwap", () => {
    ticked = new Set(boxes().filter((box) => box.checked).map((box) => box.id));
  });
  document.addEventListener("htmx:afterSwap", () => {
    for (const box of boxes()) if (ticked.has(box.id)) box.checked = true;
    showAll();
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-pick-all]")) for (const box of boxes()) box.checked = event.target.checked;
    if (event.target.matches("[data-pick-all], [data-keep]")) showAll();
  });

  // Filters fold where there is no room beside them; where there is, they are always open.
  const wide = matchMedia("(min-width: 1024px)");
  const fold = () => {
    for (const filters of document.querySelectorAll("[data-fold]")) {
      if (wide.matches || !filters.dataset.folded) filters.open = wide.matches;
      filters.dataset.folded = "yes";
    }
  };
  wide.addEventListener("change", fold);
  document.addEventListener("htmx:afterSettle", fold);
  fold();
  showAll();

  // The answer to a field's check must not replace what somebody is typing there again.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const field = event.detail.target;
    const typing = document.activeElement && document.activeElement.matches("input[type=text]");
    if (typing && field.matches(".field") && field.contains(document.activeElement)) event.detail.shouldSwap = false;
  });

  // The button comes and goes with what is swapped in.
  const showPause = () => {
    const polls = document.querySelector("[hx-trigger^='every']") !== null;
    for (const pause of document.querySelectorAll("[data-pause]")) {
      pause.hidden = !polls;
      pause.setAttribute("aria-pressed", String(paused));
    }
  };
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-pause]")) return;
    paused = !paused;
    showPause();
  });

  document.addEventListener("htmx:afterSettle", showPause);
  showPause();

  const summary = document.querySelector("[data-focus]");
  if (summary) summary.focus();
})();
