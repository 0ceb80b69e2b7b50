package server

import (
	"github.com/assay-app/assay/app/queue"
	"github.com/assay-app/assay/app/store"
)

// Queue is the server's, for tests that look at it as an operator does.
func (s *Server) Queue() *queue.Queue { return s.queue }

// Store is the server's.
func (s *Server) Store() *store.Store { return s.store }
