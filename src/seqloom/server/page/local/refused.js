// What a model in the browser refuses, with the code that the service gives for it.

export const refused = (code, message) => Object.assign(new Error(message), { code });
