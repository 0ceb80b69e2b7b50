import { useEffect, useState } from "react";
import { fetchDraft, fetchSummary } from "./api";

export function TicketView({ ticket }: { ticket: number }) {
  const [draft, setDraft] = useState("");
  const [summary, setSummary] = useState<string | null>(null);

  useEffect(() => {
    fetchDraft(ticket).then((d) => setDraft(d.draft));
    fetchSummary(ticket).then((s) => setSummary(s.summary));
  }, [ticket]);

  return (
    <section>
      <h2>Ticket {ticket}</h2>
      {summary && <p className="summary">{summary}</p>}
      <textarea value={draft} onChange={(e) => setDraft(e.target.value)} />
    </section>
  );
}
