/// What the pages load.
enum Assets {
    static let css = """
        body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 34rem; padding: 0 1rem; }
        form { display: flex; flex-wrap: wrap; gap: .5rem; margin: 1rem 0; }
        label { flex: 1 1 12rem; }
        input { display: block; font: inherit; padding: .4rem; width: 100%; box-sizing: border-box; }
        button { align-self: end; font: inherit; padding: .4rem .8rem; }
        footer { display: flex; flex-wrap: wrap; gap: .5rem; }
        .concealed body { visibility: hidden; }
        """

    /// A page lives no longer than the session that it was made for.
    static let script = """
        const session = document.querySelector('meta[name="session"]').content;
        let stream;

        function leave() {
          stream?.close();
          document.body.replaceChildren();
          location.replace("/signed-out");
        }

        /** Whether the page may stay: nobody else's and no ended session's. */
        async function ask() {
          try {
            const answer = await fetch("/session", { cache: "no-store" });
            if (answer.status === 401) return false;
            return answer.ok ? (await answer.json()).session === session : undefined;
          } catch {
            return undefined;
          }
        }

        function listen() {
          stream = new EventSource("/events");
          stream.addEventListener("signed-out", leave);
          stream.addEventListener("error", async () => {
            if (stream.readyState !== EventSource.CLOSED) return;
            if ((await ask()) === false) leave();
            else setTimeout(listen, 1000);
          });
        }

        // A page that is left is hidden before the browser can keep it, and shown again only to the session that it was made for.
        addEventListener("pagehide", () => {
          stream?.close();
          document.documentElement.classList.add("concealed");
        });
        addEventListener("pageshow", async (event) => {
          if (!event.persisted) return;
          const isOurs = await ask();
          if (isOurs === undefined) return location.reload();
          if (!isOurs) return leave();
          document.documentElement.classList.remove("concealed");
          listen();
        });
        // The answer to a form brings its own page, and a sign-out's clears the cookies: nothing may come before it.
        addEventListener("submit", () => stream?.close());
        listen();

        """
}
