// The reader's own preferences, which no address carries.

export const kept = (name) => {
  try {
    return localStorage.getItem(`seqloom-${name}`);
  } catch {
    return null;
  }
};

export const keep = (name, value) => {
  try {
    localStorage.setItem(`seqloom-${name}`, value);
  } catch { /* a browser that keeps nothing still shows everything */ }
};

/** "light", "dark", or "auto" as the system has it. */
export const colour = (theme) => {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
};
