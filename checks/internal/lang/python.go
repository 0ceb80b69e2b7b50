package lang

import "github.com/assay-app/assay/checks/internal/syntax"

var python = &Language{Name: "python", grammars: []*grammar{pythonGrammar}}
var pythonGrammar = &grammar{language: syntax.Python}
