// A picture can be pasted or dropped: either way it becomes the choice of the form's own file field.
function pictureIn(transfer) {
  return [...(transfer?.files ?? [])].find((file) => file.type.startsWith("image/"));
}

export function enhance(form) {
  const field = form.querySelector("input[type=file]");
  const tooLarge = form.querySelector("[data-too-large]");
  const check = () => {
    const [file] = field.files;
    const fits = file === undefined || file.size <= Number(form.dataset.most);
    tooLarge.hidden = fits;
    return fits;
  };
  const choose = (transfer) => {
    const file = pictureIn(transfer);
    if (file === undefined) {
      return false;
    }
    // A file field takes its files from such a list alone.
    const chosen = new DataTransfer();
    chosen.items.add(file);
    field.files = chosen.files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    field.focus();
    return true;
  };

  form.querySelector("[data-hint]").hidden = false;
  field.addEventListener("change", check);
  form.addEventListener("submit", (event) => {
    if (!check()) {
      event.preventDefault();
      field.focus();
    }
  });
  document.addEventListener("paste", (event) => {
    if (choose(event.clipboardData)) {
      event.preventDefault();
    }
  });
  form.addEventListener("dragover", (event) => {
    if (event.dataTransfer.types.includes("Files")) {
      event.preventDefault();
      form.classList.add("is-over");
    }
  });
  form.addEventListener("dragleave", () => form.classList.remove("is-over"));
  form.addEventListener("drop", (event) => {
    form.classList.remove("is-over");
    // Whatever else was dropped must not take the reader away from the page.
    event.preventDefault();
    choose(event.dataTransfer);
  });
}
