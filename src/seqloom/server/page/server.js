// The service as the page asks it. A folder exported to run without one has another file of this name.
//
//   models()               the list of models
//   explain(body, signal)  the answer to one source
//
// What goes wrong is a Problem: `kind` says what the page should do about it.
//   lost     nobody answered                  ask again
//   busy     too much is asked at once        ask again after `seconds`
//   refused  an access token is needed        ask the reader for it
//   failed   the question cannot be answered  say why

export class Problem extends Error {
  constructor(kind, message = "", seconds = 2, code = "") {
    super(message);
    this.kind = kind;
    this.seconds = seconds;
    this.code = code;
  }
}

let token = sessionStorage.getItem("seqloom-token") ?? "";

export const setToken = (given) => {
  token = given;
  sessionStorage.setItem("seqloom-token", given);
};

const ask = async (path, options = {}) => {
  const headers = { "Content-Type": "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  let response;
  try {
    response = await fetch(path, { ...options, headers });
  } catch (error) {
    throw error.name === "AbortError" ? error : new Problem("lost");
  }
  return response.ok ? whole(response) : refuse(response);
};

const whole = async (response) => {
  try {
    return await response.json();
  } catch (error) {
    throw error.name === "AbortError" ? error : new Problem("lost");
  }
};

const refuse = async (response) => {
  const { error } = await response.json().catch(() => ({}));
  const message = error?.message ?? `HTTP ${response.status}`;
  const seconds = Number(response.headers.get("Retry-After")) || 2;
  if (response.status === 401) throw new Problem("refused", message);
  if ([429, 502, 503, 504].includes(response.status)) throw new Problem("busy", message, seconds);
  throw new Problem("failed", message, seconds, error?.code);
};

export const models = async () => (await ask("v1/models")).models;

export const explain = (body, signal) =>
  ask("v1/explain", { method: "POST", body: JSON.stringify(body), signal });
