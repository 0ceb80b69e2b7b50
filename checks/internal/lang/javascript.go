package lang

import "github.com/assay-app/assay/checks/internal/syntax"

var javascript = &Language{Name: "javascript", grammars: []*grammar{javascriptGrammar}}
var javascriptGrammar = &grammar{language: syntax.JavaScript}
var typescript = &Language{Name: "typescript", grammars: []*grammar{typescriptGrammar}}
var typescriptGrammar = &grammar{language: syntax.TypeScript}
