"use strict";
(() => {
  const WORKER = "{{worker}}";
  const byId = (id) => document.getElementById(id);
  const live = byId("live");
  const verdicts = byId("verdicts");

  // Largest files that are read; the verifier says its own limits when it is there.
  let most = { attestation: 0, beside: 0 };
  let files = [];
  let beside = [];
  let asked = 0;
  let busy = true;
  let waiting = false;
  let ready = false;
  let worker = null;
  // Why there is no verifier any more.
  let stopped = "";

  // Text from files becomes text nodes, never markup.
  function make(tag, text, kind) {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    if (kind) element.className = kind;
    return element;
  }

  const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`;

  // Progress: a list of what is done, and a bar.

  const steps = byId("steps");
  const bar = byId("bar");

  // Open and moving while there is something to wait for, one line afterwards.
  function working(on) {
    bar.hidden = !on;
    byId("times").open = on;
    const took = [...steps.children].reduce((sum, item) => sum + Number(item.dataset.ms || 0), 0);
    byId("sum").textContent = on ? "checking" : `checked here in ${seconds(took)}`;
  }

  function began(text, part) {
    bar.value = part;
    const item = make("li");
    item.append(make("span", text), make("span", "…", "time"));
    item.dataset.step = text;
    steps.append(item);
  }

  function done(text, ms) {
    const open = [...steps.children].filter((item) => item.dataset.step === text && !item.dataset.ms);
    const item = open.pop();
    if (!item) return;
    item.dataset.ms = ms.toFixed(1);
    item.lastChild.textContent = seconds(ms);
    item.classList.add("done");
  }

  // What went wrong before there was anything to say of an attestation.

  function problem(text, hint) {
    // An answer that is still to come is to a question which this takes the place of.
    asked += 1;
    const article = make("article", undefined, "problem");
    article.append(make("h2", "Nothing was checked"), make("p", text));
    if (hint) article.append(make("p", hint, "hint"));
    verdicts.replaceChildren(article);
    live.textContent = `Nothing was checked: ${text}`;
  }

  // The verdict: the lines are the verifier's, in its words and its order.

  function pair(list, label, value) {
    const row = make("div");
    const said = make("dd");
    said.append(value);
    row.append(make("dt", label), said);
    list.append(row);
  }

  function facts(lines) {
    const list = make("dl", undefined, "facts");
    for (const { label, text, word } of lines) {
      const value = make("span", text);
      if (word) {
        const claim = make("span", undefined, word === "holds" ? "claim holds" : "claim");
        const sign = make("span", word === "holds" ? "✓" : "–", "sign");
        sign.setAttribute("aria-hidden", "true");
        claim.append(value, " ", sign, " ", make("span", word, "word"));
        pair(list, label, claim);
      } else {
        pair(list, label, value);
      }
    }
    return list;
  }

  function folded(title, ...content) {
    const details = make("details");
    details.append(make("summary", title), ...content);
    return details;
  }

  function digests(json) {
    const list = make("dl", undefined, "pins");
    const add = (label, digest) => digest && pair(list, label, make("code", digest));
    add("attestation", json.attestation);
    add("follows", /^0+$/.test(json.previous) ? null : json.previous);
    add("statement", json.statement);
    add("rulebook", json.rulebook.digest);
    add("snapshot", json.snapshot.digest);
    for (const { key } of json.signed_by) add("trusted key", key);
    for (const key of json.unknown_keys) add("unknown key", key);
    return list;
  }

  function ties(json) {
    const list = make("dl", undefined, "facts ties");
    for (const { between, tied } of json.ties) pair(list, between.join(" · "), make("span", tied));
    return list;
  }

  const KIND = { holds: "holds", refused: "refused", cannot_tell: "unknown" };

  function verdict({ name, sheet, hint, json }) {
    const article = make("article", undefined, `verdict ${KIND[json.verdict]}`);
    const title = make("h2");
    const sign = make("span", sheet.sign, "sign");
    sign.setAttribute("aria-hidden", "true");
    title.append(sign, " ", make("span", sheet.word, "word"));
    article.append(make("p", name, "file"), title);
    if (json.detail) article.append(make("p", json.detail, "reason"));
    if (hint) article.append(make("p", hint, "hint"));
    if (sheet.note) article.append(make("p", sheet.note, "aside"));
    if (sheet.lines.length) {
      article.append(facts(sheet.lines));
      const open = make("ul", undefined, "open");
      for (const line of sheet.not_proven) open.append(make("li", line));
      article.append(make("h3", "not proven"), open);
      article.append(folded("Digests and keys", digests(json)));
      article.append(folded("How the parts are tied to one book", ties(json)));
    }
    const machine = make("pre", JSON.stringify(json, null, 2));
    machine.tabIndex = 0;
    article.append(folded("For machines", machine));
    return article;
  }

  function show(answer) {
    if (answer.problem) {
      byId("work").hidden = true;
      const { name, text, hint } = answer.problem;
      problem(name ? `${name}: ${text}` : text, hint);
      return;
    }
    for (const { name, kind } of answer.beside) {
      const item = [...byId("beside").children].find((one) => one.dataset.name === name);
      if (item) item.querySelector(".kind").textContent = kind;
    }
    verdicts.replaceChildren(...answer.verdicts.map(verdict));
    live.textContent = answer.verdicts.map(({ name, sheet }) => `${name}: ${sheet.outcome}`).join("; ");
  }

  // Questions, one at a time; of those that wait only the last is asked.

  async function ask() {
    if (!files.length) return;
    if (busy) {
      waiting = true;
      return;
    }
    busy = true;
    waiting = false;
    verdicts.replaceChildren();
    live.textContent = "checking";
    const read = async (list, limit) => {
      const all = [];
      for (const { name, blob } of list) {
        // One byte more than any has is refused as too large, by name.
        all.push({ name, bytes: await blob.slice(0, limit + 1).arrayBuffer() });
      }
      return all;
    };
    try {
      asked += 1;
      worker.postMessage({
        kind: "ask",
        number: asked,
        files: await read(files, most.attestation),
        beside: await read(beside, most.beside),
        unsigned: byId("unsigned").checked,
        now: Math.floor(Date.now() / 1000),
      });
    } catch (error) {
      if (!waiting) {
        byId("work").hidden = true;
        problem(`the files cannot be read: ${error.message}`, "choose them again");
      }
      free();
    }
  }

  function heard({ data }) {
    if (data.kind === "step") began(data.step, data.part);
    else if (data.kind === "done") done(data.step, data.ms);
    else if (data.kind === "about") about(data.about);
    else if (data.kind === "ready") {
      ready = true;
      free();
    } else if (data.kind === "answer") {
      bar.value = 1000;
      if (!waiting) {
        working(false);
        if (data.number === asked) show(data.answer);
      }
      free();
    } else if (data.kind === "stopped") {
      stopped = data.text;
      again();
    }
  }

  function free() {
    busy = false;
    if (waiting) {
      // What was done before the first question is part of its answer.
      if (asked > 0) steps.replaceChildren();
      ask();
    }
  }

  // Files: those that lie beside an attestation have names of their own.

  const isBeside = (name) => /\.(toml|dsse)$/i.test(name);

  // Whoever sends an attestation does not say whom its reader trusts: what lies beside it is added by
  // itself, and takes the place of nothing that is there.
  function chosen(list) {
    const named = [...list].map((file) => ({ name: file.name, blob: file }));
    const attestations = named.filter(({ name }) => !isBeside(name));
    const trusted = named.filter(({ name }) => isBeside(name));
    const there = trusted.find(({ name }) => beside.some((other) => other.name === name));
    if (attestations.length && trusted.length) {
      problem(`${trusted[0].name} came together with an attestation`,
        "add what you trust by itself, and from somebody else than who sent the attestation");
      return;
    }
    if (there) {
      problem(`${there.name} is there already`, "remove it first");
      return;
    }
    lay(trusted);
    if (attestations.length) files = attestations;
    again();
  }

  function again() {
    if (stopped) {
      byId("work").hidden = true;
      problem(`the verifier stopped: ${stopped}`, "open the page again; if it stops again, use plimsoll-verify");
      return;
    }
    if (!files.length) return;
    verdicts.replaceChildren();
    if (asked > 0 && !busy) steps.replaceChildren();
    byId("work").hidden = false;
    working(true);
    ask();
  }

  function lay(list) {
    beside.push(...list);
    const shown = beside.map(({ name }) => {
      const item = make("li");
      item.dataset.name = name;
      const remove = make("button", "Remove", "plain");
      remove.type = "button";
      remove.setAttribute("aria-label", `Remove ${name}`);
      remove.addEventListener("click", () => {
        beside = beside.filter((other) => other.name !== name);
        lay([]);
        byId("trust").focus();
        again();
      });
      item.append(make("span", name, "name"), make("span", "", "kind"), remove);
      return item;
    });
    byId("beside").replaceChildren(...shown);
    byId("beside").hidden = shown.length === 0;
  }

  for (const id of ["files", "trust"]) {
    byId(id).addEventListener("change", ({ target }) => {
      const list = [...target.files];
      // The same file may be chosen once more.
      target.value = "";
      if (list.length) chosen(list);
    });
  }
  byId("unsigned").addEventListener("change", again);

  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    document.body.classList.add("over");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) document.body.classList.remove("over");
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.classList.remove("over");
    if (event.dataTransfer.files.length) chosen(event.dataTransfer.files);
  });

  // An address: the one that the reader typed, and no other.

  async function fetched(text) {
    // A name with a port looks like a scheme with a path.
    const whole = /^[a-z][a-z0-9+.-]*:(?!\d)/i.test(text);
    const typed = whole ? text : `https://${text}`;
    if (!URL.canParse(typed)) throw new Error("this is not an address");
    const address = new URL(typed);
    if (address.protocol !== "https:" && address.protocol !== "http:") {
      throw new Error("an address begins with http or https");
    }
    let response;
    try {
      response = await fetch(address, {
        cache: "no-store",
        credentials: "omit",
        mode: "cors",
        redirect: "error",
        referrerPolicy: "no-referrer",
      });
    } catch {
      throw new Error(
        "it does not answer, it points elsewhere, or it does not let a page from elsewhere read its files (CORS)",
      );
    }
    if (!response.ok) throw new Error(`it answers ${response.status}`);
    const parts = [];
    let length = 0;
    const reader = response.body.getReader();
    for (;;) {
      const { done: last, value } = await reader.read();
      if (last) break;
      length += value.length;
      if (length > most.attestation) {
        await reader.cancel();
        throw new Error(`the file is larger than any attestation (${most.attestation} bytes)`);
      }
      parts.push(value);
    }
    const name = address.pathname.split("/").pop() || address.host;
    return { name, blob: new Blob(parts) };
  }

  byId("desk").addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = byId("address").value.trim();
    if (stopped) again();
    if (!text || !ready || stopped) return;
    live.textContent = "fetching";
    try {
      files = [await fetched(text)];
    } catch (error) {
      problem(`${text}: ${error.message}`, "download the file and choose it here");
      return;
    }
    again();
  });

  // This page.

  function about({ pins, most: limits }) {
    most = limits;
    const list = byId("pins");
    for (const { what, name, digest } of pins) pair(list, `${what} · ${name}`, make("code", digest));
  }

  if (typeof WebAssembly !== "object" || typeof DecompressionStream !== "function") {
    problem("this browser is too old: it lacks WebAssembly or DecompressionStream", "use a newer one, or plimsoll-verify");
    return;
  }
  const address = URL.createObjectURL(new Blob([WORKER], { type: "text/javascript" }));
  worker = new Worker(address);
  worker.onmessage = heard;
  worker.onerror = () => heard({ data: { kind: "stopped", text: "it could not be started" } });
  const taken = (id) => {
    const element = byId(id);
    const text = element.textContent;
    element.remove();
    return text;
  };
  worker.postMessage({ kind: "start", code: taken("code"), params: taken("params") });
})();
