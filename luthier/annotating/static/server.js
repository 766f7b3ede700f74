// Questions to the server. What it refuses, and that it is gone, are told as sentences.

export class Refused extends Error {}

export async function ask(what, content, words) {
  let response;
  try {
    response = await fetch(`api/${what}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(content),
    });
  } catch {
    throw new Refused(words.gone);
  }
  if (response.ok) return response.json();
  const isOurs = response.headers.get("Content-Type") === "application/json";
  throw new Refused(isOurs ? (await response.json()).error : words.broken);
}
