// A poll brings its fragment anew. What the reader opened, typed or stands on in it stays as it was.
// Only what has an id is found again, a summary by its details, a link also by its address.
"use strict";

(() => {
  const FIELDS = "input[id]:not([type=hidden]), select[id], textarea[id]";
  const find = (id) => id && document.getElementById(id);
  const isTick = (field) => field.matches("[type=radio], [type=checkbox]");
  const valueOf = (field) => (isTick(field) ? field.checked : field.value);
  const sentValueOf = (field) => {
    if (isTick(field)) return field.defaultChecked;
    if (!field.matches("select")) return field.defaultValue;
    const chosen = field.querySelector("option[selected]") || field.options[0];
    return chosen ? chosen.value : "";
  };
  const canTake = (field, value) =>
    !field.matches("select") || [...field.options].some((option) => option.value === value);

  const wayTo = (node) => {
    if (node.id) return `#${CSS.escape(node.id)}`;
    if (node.matches("summary") && node.parentNode.id) return `#${CSS.escape(node.parentNode.id)} > summary`;
    return node.matches("a[href]") ? `a[href="${CSS.escape(node.getAttribute("href"))}"]` : null;
  };

  let composing = false;
  document.addEventListener("compositionstart", () => { composing = true; });
  document.addEventListener("compositionend", () => { composing = false; });

  let kept = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const live = event.detail.target;
    if (live.id !== "live" || !event.detail.shouldSwap) return;
    const at = live.contains(document.activeElement) ? document.activeElement : null;
    if (at && composing) {
      event.detail.shouldSwap = false; // a syllable is half typed; the next poll brings the same again
      return;
    }
    const fields = [...live.querySelectorAll(FIELDS)];
    kept = {
      open: [...live.querySelectorAll("details[id]")].map((one) => [one.id, one.open]),
      typed: fields.filter((one) => valueOf(one) !== sentValueOf(one)).map((one) => [one.id, valueOf(one)]),
      at: at && wayTo(at),
      marked: at && at.matches("input[type=text], textarea") ? [at.selectionStart, at.selectionEnd] : null,
    };
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (!kept || event.target.id !== "live") return;
    for (const [id, open] of kept.open) if (find(id)) find(id).open = open;
    kept.typed = kept.typed.filter(([id, value]) => find(id) && canTake(find(id), value));
    for (const [id, value] of kept.typed) find(id)[isTick(find(id)) ? "checked" : "value"] = value;
    const at = kept.at && event.target.querySelector(kept.at);
    if (!at) return;
    at.focus({ preventScroll: true });
    if (kept.marked) at.setSelectionRange(...kept.marked);
  });

  // Only now do the new forms answer to a change: the address is built anew from what was chosen.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!kept || event.target.id !== "live") return;
    const inBuilder = kept.typed.map(([id]) => find(id)).find((field) => field && field.closest(".builder"));
    kept = null;
    if (inBuilder) inBuilder.dispatchEvent(new Event("change", { bubbles: true }));
  });
})();
