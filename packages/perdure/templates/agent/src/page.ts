/** Reads along by server-sent events: the words of the model within a fifth of a second, and what the agent waits for. */
export const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Agent</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 3rem auto; padding: 0 1rem; }
  form { display: flex; gap: 0.5rem; }
  input { flex: 1; font: inherit; padding: 0.4rem; }
  button { font: inherit; padding: 0.4rem 1rem; }
  pre { white-space: pre-wrap; font: inherit; min-height: 6rem; }
</style>
<main>
<h1>Agent</h1>
<form id="ask"><input id="question" aria-label="Question" value="Please refund order 42"><button>Ask</button></form>
<pre id="words" aria-live="polite"></pre>
<p id="decide" hidden><span id="wish"></span> <button value="true">Allow</button> <button value="false">Refuse</button></p>
<p id="state"></p>
</main>
<script>
  const at = (id) => document.getElementById(id);
  let id = "";
  at("ask").addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await fetch("agent", { method: "POST", body: at("question").value });
    id = (await answer.json()).id;
    const stream = new EventSource("/runtime/webhooks/durabletask/instances/" + id + "/watch");
    stream.addEventListener("progress", ({ data }) => (at("words").textContent = JSON.parse(data).progress));
    stream.addEventListener("status", ({ data }) => {
      const { runtimeStatus, customStatus, output } = JSON.parse(data);
      at("state").textContent = runtimeStatus;
      at("decide").hidden = customStatus === null;
      if (customStatus !== null) at("wish").textContent = "May it " + customStatus.tool + " " + customStatus.input + "?";
      if (output !== null) at("words").textContent = output;
    });
    stream.addEventListener("end", () => stream.close());
  });
  at("decide").addEventListener("click", ({ target }) => {
    if (target.value === undefined) return;
    const decision = { allowed: target.value === "true", by: "the page" };
    fetch("agent/" + id + "/decision", { method: "POST", body: JSON.stringify(decision) });
  });
</script>
</html>
`;
