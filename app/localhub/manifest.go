package localhub

func (h *Hub) convertManifest(c *call) (any, *refusal) { return nil, notFound() }
