// Menus of the masthead close with Escape and when the reader turns elsewhere.
export function enhance(fold) {
  fold.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && fold.open) {
      fold.open = false;
      fold.querySelector("summary").focus();
    }
  });
  fold.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !fold.contains(event.relatedTarget)) {
      fold.open = false;
    }
  });
  document.addEventListener("click", (event) => {
    if (!fold.contains(event.target)) {
      fold.open = false;
    }
  });
}
