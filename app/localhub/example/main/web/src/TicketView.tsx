import { useEffect, useState } from "react";
import { fetchDraft } from "./api";

export function TicketView({ ticket }: { ticket: number }) {
  const [draft, setDraft] = useState("");

  useEffect(() => {
    fetchDraft(ticket).then((d) => setDraft(d.draft));
  }, [ticket]);

  return (
    <section>
      <h2>Ticket {ticket}</h2>
      <textarea value={draft} onChange={(e) => setDraft(e.target.value)} />
    </section>
  );
}
