"use strict";
// The verifier at work, out of the page's way. It is told once what it is made of, then asked
// questions; it answers each, and says on the way what it does and how long that took.

let page = null;

function bytesOf(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i += 1) bytes[i] = raw.charCodeAt(i);
  return bytes;
}

async function inflated(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// One step at a time: what is told ends the one before.
let doing = null;

function end() {
  if (doing) postMessage({ kind: "done", step: doing.text, ms: performance.now() - doing.since });
  doing = null;
}

function step(text, part) {
  end();
  doing = { text, since: performance.now() };
  postMessage({ kind: "step", step: text, part });
}

async function start({ code, params }) {
  step("loading the verifier", 0);
  await wasm_bindgen({ module_or_path: await inflated(bytesOf(code)) });
  postMessage({ kind: "about", about: JSON.parse(wasm_bindgen.about_page()) });
  step("reading the public parameters", 50);
  page = new wasm_bindgen.Page(bytesOf(params));
  end();
  postMessage({ kind: "ready" });
}

function answer({ files, beside, unsigned, now, number }) {
  for (const { name, bytes } of beside) page.beside(name, new Uint8Array(bytes));
  for (const { name, bytes } of files) page.file(name, new Uint8Array(bytes));
  step("reading the files", 450);
  const text = page.answer(now, unsigned, step);
  end();
  postMessage({ kind: "answer", number, answer: JSON.parse(text) });
}

onmessage = async ({ data }) => {
  try {
    if (data.kind === "start") await start(data);
    else answer(data);
  } catch (error) {
    // Whatever it was, it is no verdict; and what stopped halfway is not asked again.
    postMessage({ kind: "stopped", text: String(error && error.message ? error.message : error) });
    close();
  }
};
