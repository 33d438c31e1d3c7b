// The API reference: Swagger UI on the document that this server gives, a table of contents, and logging in.
//
// The token lives in a variable of this script and nowhere else.
"use strict";

const element = (id) => document.getElementById(id);
const TOKENS = "/v3/auth/tokens";
let token = null;

function make(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

// ── Light and dark ──

const dark = window.matchMedia("(prefers-color-scheme: dark)");

function paint(isDark) {
  document.documentElement.classList.toggle("dark-mode", isDark);
  element("theme").textContent = isDark ? "Light" : "Dark";
}

dark.addEventListener("change", () => paint(dark.matches));
element("theme").addEventListener("click", () => {
  paint(!document.documentElement.classList.contains("dark-mode"));
});
paint(dark.matches);

// ── Logging in ──

function enter(newToken, name) {
  token = newToken;
  element("who").textContent = name;
  element("enter").hidden = true;
  element("leave").hidden = false;
  element("door").close();
}

async function logIn() {
  const { user, password, domain, project } = Object.fromEntries(
    ["user", "password", "domain", "project"].map((id) => [id, element(id).value]),
  );
  const who = { name: user, password, domain: { name: domain } };
  const auth = { identity: { methods: ["password"], password: { user: who } } };
  if (project) {
    auth.scope = { project: { name: project } };
  }
  const answer = await fetch(TOKENS, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ auth }),
  });
  const told = await answer.json();
  if (!answer.ok) {
    throw new Error(told.error.message);
  }
  enter(answer.headers.get("X-Subject-Token"), told.token.user.name);
}

element("enter").addEventListener("click", () => {
  element("refused").textContent = "";
  element("door").showModal();
});
element("back").addEventListener("click", () => element("door").close());
element("door").addEventListener("close", () => {
  element("password").value = "";
  element("given").value = "";
});
element("door").addEventListener("submit", (event) => {
  event.preventDefault();
  logIn().catch((error) => {
    element("refused").textContent = error.message;
  });
});
element("take").addEventListener("click", () => {
  if (element("given").value) {
    enter(element("given").value, "with a token");
  }
});
element("leave").addEventListener("click", async () => {
  const revoked = { "X-Auth-Token": token, "X-Subject-Token": token };
  token = null;
  element("who").textContent = "";
  element("enter").hidden = false;
  element("leave").hidden = true;
  await fetch(TOKENS, { method: "DELETE", headers: revoked });
});

/** Adds the token to what is tried, unless another is given. */
function signed(request) {
  if (token && request.url.startsWith(window.location.origin + "/v3/")) {
    request.headers["X-Auth-Token"] ??= token;
  }
  return request;
}

// ── The table of contents ──

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

function operations(specification) {
  return Object.values(specification.paths).flatMap((path) =>
    METHODS.filter((method) => path[method]).map((method) => ({ method, ...path[method] })),
  );
}

function entry(ui, { method, operationId, summary, tags: [tag] }) {
  const link = make("a", "", summary);
  link.href = `#/${tag}/${operationId}`;
  link.prepend(make("b", method, method === "delete" ? "del" : method));
  link.addEventListener("click", () => {
    ui.layoutActions.show(["operations-tag", tag], true);
    ui.layoutActions.show(["operations", tag, operationId], true);
    window.setTimeout(() => element(`operations-${tag}-${operationId}`).scrollIntoView());
  });
  return link;
}

function fillContents(ui, specification) {
  for (const { name } of specification.tags) {
    element("contents").append(make("h2", "", name));
    const within = operations(specification).filter(({ tags }) => tags[0] === name);
    element("contents").append(...within.map((operation) => entry(ui, operation)));
  }
}

// ── The reference ──

/** Examples of optional parameters would be sent, unasked, by whoever only presses the button. */
function withoutUnaskedFilters(specification) {
  for (const { parameters = [] } of operations(specification)) {
    parameters.filter(({ required }) => !required).forEach((parameter) => {
      delete parameter.example;
      delete parameter.examples;
      delete parameter.schema.example;
      delete parameter.schema.examples;
    });
  }
}

async function show() {
  const specification = await (await fetch("/openapi.json")).json();
  // Requests leave this page for this server only, so it names no other.
  specification.servers = [{ url: window.location.origin }];
  withoutUnaskedFilters(specification);
  const ui = SwaggerUIBundle({
    spec: specification,
    domNode: element("reference"),
    deepLinking: true,
    defaultModelExpandDepth: 2,
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    requestInterceptor: signed,
    validatorUrl: null,
  });
  fillContents(ui, specification);
}

show();
