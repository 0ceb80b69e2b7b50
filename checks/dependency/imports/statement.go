package imports

// Bounds of one file.
const (
	// MaxBytes is the largest source file that is read for imports. What is larger was made by a machine.
	MaxBytes = 2 << 20

	maxNotebook   = 16 << 20 // bytes of a notebook, which holds pictures
	maxStatements = 4000     // imports of one file
	maxName       = 300      // bytes of a module's name
	maxBlocks     = 200      // blocks in one another; deeper ones count as their outermost
	maxItems      = 100      // names that one statement imports from a module
)

// statement is one import as it stands in a file.
type statement struct {
	module     string   // as written: "google.cloud", "@scope/pkg/sub", "github.com/x/y/z"
	items      []string // of Python: the names that it takes from the module
	start, end int      // the module's bytes in the file
	optional   bool     // the code goes on without it, or needs it for types alone
}

// statements collects what a reader finds, up to the bounds.
type statements []statement

func (s *statements) add(one statement) *statement {
	if one.module == "" || len(one.module) > maxName || len(*s) >= maxStatements {
		return nil
	}
	*s = append(*s, one)
	return &(*s)[len(*s)-1]
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' }

func isWord(c byte) bool {
	return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c >= 0x80
}

// wordAt is the end of the identifier that begins at a byte.
func wordAt(source []byte, at int) int {
	for at < len(source) && isWord(source[at]) {
		at++
	}
	return at
}
