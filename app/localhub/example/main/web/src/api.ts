export interface Draft {
  draft: string;
}

export async function fetchDraft(ticket: number): Promise<Draft> {
  const response = await fetch(`/tickets/${ticket}/answer`);
  if (!response.ok) {
    throw new Error(`no draft for ticket ${ticket}: ${response.status}`);
  }
  return response.json();
}
