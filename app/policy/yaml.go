package policy

import (
	"errors"

	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/token"
)

// refuse rejects YAML that a policy has no need of and that can mislead: aliases, with which a few bytes unfold into
// gigabytes, and a second document, which a decoder would silently drop.
func refuse(data []byte) error {
	content := false
	for _, t := range lexer.Tokenize(string(data)) {
		switch t.Type {
		case token.AnchorType, token.AliasType, token.MergeKeyType:
			return errors.New("YAML anchors and aliases are not allowed in a policy")
		case token.DocumentHeaderType:
			if content {
				return errors.New("a policy is one document")
			}
		case token.CommentType:
		default:
			content = true
		}
	}
	return nil
}
