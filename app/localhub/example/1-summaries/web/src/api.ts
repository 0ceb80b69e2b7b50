export interface Draft {
  draft: string;
}

export interface Summary {
  summary: string | null;
}

async function get<T>(path: string): Promise<T> {
  const response = await fetch(path);
  if (!response.ok) {
    throw new Error(`${path}: ${response.status}`);
  }
  return response.json();
}

export function fetchDraft(ticket: number): Promise<Draft> {
  return get(`/tickets/${ticket}/answer`);
}

export function fetchSummary(ticket: number): Promise<Summary> {
  return get(`/tickets/${ticket}/summary`);
}
