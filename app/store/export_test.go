package store

// Queued is how many transactions wait for SQLite's one writer: those that somebody waits for, and others.
func (s *Store) Queued() (urgent, others int) {
	g := &s.engine.(*sqliteEngine).group
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.urgent), len(g.waiting)
}
