// Elements made of text and attributes only: nothing that comes from the API is ever read as markup.

export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) {
      element.addEventListener(name.slice(2), value);
    } else if (value === true) {
      element.setAttribute(name, "");
    } else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value);
    }
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

export function show(title, ...children) {
  const main = document.getElementById("content");
  main.replaceChildren(...children);
  document.title = title;
}

let clearing;

// Said aloud by screen readers, and gone after a while.
export function say(text) {
  const status = document.getElementById("status");
  status.textContent = text;
  clearTimeout(clearing);
  clearing = setTimeout(() => (status.textContent = ""), 5000);
}

export function alertBox(problem) {
  return h("p", { class: "alert", role: "alert" }, problem.detail ?? String(problem));
}
