// Makes the chat quicker; everything works without it. The server renders, this file moves the pieces into place.
"use strict";

const TIME_LIMIT = 25_000;

const chat = document.getElementById("chat");
const form = document.getElementById("ask");
const box = form.elements.q;
const asOf = form.elements.as_of;
const submit = form.querySelector("button[type=submit]");
const turns = document.getElementById("turns");
const status = document.getElementById("status");
const problem = document.getElementById("problem");
let isAsking = false;

const enhance = (root) => root.querySelectorAll(".js-only").forEach((element) => { element.hidden = false; });
const element = (name, className, text = "") => {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
};
const say = (text) => { status.textContent = text; };

/** Shows what went wrong beside the question box; an empty text takes it away. */
function tellProblem(text) {
  problem.textContent = text;
  problem.hidden = !text;
}

/** Reads server-sent events from the body of an answer. */
async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    waiting += value;
    let end;
    while ((end = waiting.indexOf("\n\n")) >= 0) {
      const event = { name: "message", data: "" };
      for (const line of waiting.slice(0, end).split("\n")) {
        if (line.startsWith("event:")) event.name = line.slice(6).trim();
        if (line.startsWith("data:")) event.data += line.slice(5).trim();
      }
      waiting = waiting.slice(end + 2);
      if (event.data) yield { name: event.name, data: JSON.parse(event.data) };
    }
  }
}

/** A place for the answer while it is on its way. */
function placeholder(question) {
  const turn = element("article", "turn");
  const working = element("p", "pending", "Sender spørsmålet");
  const sentences = element("div", "sentences");
  const answer = element("div", "answer");
  answer.append(working, sentences);
  turn.append(element("h2", "question", question), answer);
  return { turn, working, sentences };
}

function makeEarlier() {
  for (const turn of turns.querySelectorAll(".turn:not(.earlier)")) {
    turn.classList.add("earlier");
    const sources = turn.querySelector(".sources");
    if (!sources) continue;
    // The sources of an earlier answer are folded away, not taken away.
    const fold = element("details", "earlier-sources");
    fold.append(element("summary", "", "Kilder"));
    sources.replaceWith(fold);
    fold.append(sources);
  }
}

function bringIntoView(turn) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  turn.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
}

async function problemOf(response) {
  try {
    return (await response.json()).detail;
  } catch {
    return "Tjenesten svarte ikke som ventet; prøv igjen.";
  }
}

async function ask(question, day) {
  if (isAsking || !question.trim()) return;
  isAsking = true;
  submit.setAttribute("aria-disabled", "true");
  tellProblem("");
  makeEarlier();
  chat.classList.add("has-turns");
  const place = placeholder(question);
  turns.append(place.turn);
  bringIntoView(place.turn);
  box.value = "";
  const failed = (text) => {
    place.turn.remove();
    chat.classList.toggle("has-turns", turns.childElementCount > 0);
    box.value = question;
    tellProblem(text);
  };
  try {
    const response = await fetch("/svar", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ question, as_of: day, conversation: form.elements.conversation.value }),
      signal: AbortSignal.timeout(TIME_LIMIT),
    });
    if (!response.ok) {
      failed(await problemOf(response));
      return;
    }
    let isDone = false;
    for await (const event of events(response.body)) {
      if (event.name === "status") {
        place.working.textContent = event.data.text;
        say(event.data.text);
      } else if (event.name === "sentence") {
        place.sentences.append(element("p", "sentence", event.data.text));
      } else if (event.name === "answer") {
        isDone = true;
        show(place.turn, event.data);
        if (event.data.blocked) box.value = question;
      } else if (event.name === "error") {
        isDone = true;
        failed(event.data.detail);
      }
    }
    if (!isDone) failed("Forbindelsen ble brutt; prøv igjen.");
  } catch (error) {
    failed(error.name === "TimeoutError" ? "Det tok for lang tid; prøv igjen." : "Får ikke kontakt med tjenesten; prøv igjen.");
  } finally {
    isAsking = false;
    submit.removeAttribute("aria-disabled");
    box.focus({ preventScroll: true });
  }
}

/** Puts the finished answer where its placeholder is. The HTML is the server's own, with all document text escaped. */
function show(place, answer) {
  const holder = document.createElement("template");
  holder.innerHTML = answer.html;
  const turn = holder.content.firstElementChild;
  enhance(turn);
  place.replaceWith(turn);
  bringIntoView(turn);
  say(answer.spoken);
}

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  const label = button.dataset.label ??= button.textContent;
  try {
    await navigator.clipboard.writeText(source.value);
    button.textContent = "Kopiert";
    say("Kopiert");
  } catch {
    // Without leave to use the clipboard: open the text and select it, ready for Ctrl+C.
    source.closest("details")?.setAttribute("open", "");
    source.focus();
    source.select();
    button.textContent = "Trykk Ctrl+C";
    say("Teksten er merket. Trykk Ctrl+C for å kopiere.");
  }
  setTimeout(() => { button.textContent = label; }, 3000);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  ask(box.value, asOf.value);
});

box.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});

turns.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-ask]") || !event.submitter) return;
  event.preventDefault();
  ask(event.submitter.value, event.target.elements.as_of.value);
});

turns.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
  const draft = event.target.closest("a[data-draft]");
  if (draft && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    box.value = draft.dataset.draft;
    box.focus();
    box.setSelectionRange(box.value.length, box.value.length);
  }
});

document.addEventListener("keydown", (event) => {
  if (event.altKey && event.code === "KeyN" && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    location.assign("/");
  }
  if (event.key === "Escape") {
    for (const note of document.querySelectorAll(".note:hover, .note:focus-within")) note.classList.add("closed");
  }
});

// A quote closed with Esc opens again the next time.
const reopen = (event) => event.target.closest?.(".note.closed")?.classList.remove("closed");
document.addEventListener("focusin", reopen);
document.addEventListener("mouseover", (event) => {
  if (!event.relatedTarget?.closest?.(".note")) reopen(event);
});

enhance(document);
box.focus({ preventScroll: true });
box.setSelectionRange(box.value.length, box.value.length);
