// Every page is complete without scripts; each module here only makes one thing easier.
const enhancements = [
  [".fold", () => import("./folds.js")],
  ["[data-time-zone-offer]", () => import("./time-zone-offer.js")],
  ["[data-opens-at]", () => import("./countdown.js")],
  ["form[data-draft]", () => import("./drafts.js")],
  ["form[data-paragraphs]", () => import("./paragraphs.js")],
  ["form[data-autosave]", () => import("./autosave.js")],
  ["form[data-preview]", () => import("./preview.js")],
  ["[data-passkey]", () => import("./passkeys.js")],
  ["[data-picture-drop]", () => import("./picture-drop.js")],
  ["[data-suggestions]", () => import("./suggestions.js")],
  ["[data-copy]", () => import("./copy.js")],
];

for (const [selector, load] of enhancements) {
  const elements = document.querySelectorAll(selector);
  if (elements.length > 0) {
    const { enhance } = await load();
    elements.forEach(enhance);
  }
}
