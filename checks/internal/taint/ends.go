package taint

import "github.com/assay-app/assay/checks/internal/ast"

// endings are the calls that never come back: by raising, by ending the process or by jumping away. A test whose failing
// branch ends in one of them guards what follows, as one that returns does.
var endings = map[string]bool{
	"abort": true, "flask.abort": true, "quart.abort": true, "bottle.abort": true, "werkzeug.exceptions.abort": true,
	"exit": true, "quit": true, "sys.exit": true, "os._exit": true, "os.abort": true, "pytest.fail": true, "pytest.skip": true,
	"process.exit": true, "process.abort": true, "System.exit": true, "panic": true, "os.Exit": true, "runtime.Goexit": true,
	"log.Fatal": true, "log.Fatalf": true, "log.Fatalln": true, "log.Panic": true, "log.Panicf": true,
}

// ends reports whether a statement is a call that never comes back.
func (u *unit) ends(id ast.ID) bool {
	if u.tree.Nodes[id].Kind != ast.Call {
		return false
	}
	callee := u.tree.Child(id, ast.Callee)
	if callee == ast.None {
		return false
	}
	for _, name := range u.info.Qualified(callee) {
		if endings[name] {
			return true
		}
	}
	return endings[u.tree.Dotted(callee)]
}
