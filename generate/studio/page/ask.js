// Ask the studio, and say what it answers. Addresses are relative: they begin with the link's token.

const said = document.querySelector(".said");

export function say(text, fault = false) {
  said.textContent = text;
  said.classList.toggle("fault", fault);
}

// The answer of a request; undefined where it was refused, which is said.
export async function ask(path, body) {
  try {
    const answer = await fetch(path, body && {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    if (answer.ok && answer.headers.get("Content-Type").startsWith("audio/")) return await answer.blob();
    const told = await answer.json();
    if (answer.ok) return told;
    say(told.fault, true);
  } catch {
    say("The studio does not answer. Start it again by make studio and open the link that it prints: nothing is lost.", true);
  }
}

// An element with its text and attributes; text is never read as HTML.
export function make(name, text = "", attributes = {}) {
  const element = document.createElement(name);
  element.textContent = text;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

// A button that does something, and cannot be pressed again meanwhile.
export function button(text, act, attributes = {}) {
  const element = make("button", text, { type: "button", ...attributes });
  element.addEventListener("click", async () => {
    element.disabled = true;
    try {
      await act();
    } finally {
      element.disabled = false;
    }
  });
  return element;
}
