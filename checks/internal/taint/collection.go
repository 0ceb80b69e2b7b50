package taint

import "github.com/assay-app/assay/checks/internal/ast"

func (f *frame) collectionCall(callee ast.ID, method string, receiver *cell, args []argument, s *state) (*cell, bool) {
	return nil, false
}

func (f *frame) makesCollection(id ast.ID, args []argument) (*cell, bool) { return nil, false }
